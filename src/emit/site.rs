//! Everything of a site that is not a page: assets, copied files, redirects, feeds, copies in
//! Markdown, sitemap, robots.txt, llms.txt, and the files that the host reads itself.

use super::{
    feed, files, hosts, llms,
    output::{Content, Entry, Output},
    sitemap,
};
use crate::{
    assets::{gallery::Gallery, theme::Theme},
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    load::sources::Sources,
    render::{reads::Changed, rendered::Rendered},
    resolve::{
        guide::{Guide, Node, PageNo},
        resolver::Setting,
        urls,
    },
    settings::site,
    source::tree::Tree,
};

/// What there is to add: the parts of a site that stand beside its pages.
#[derive(Debug)]
pub struct Beside<'a> {
    /// The files.
    pub tree: &'a Tree,
    /// What was read.
    pub sources: &'a Sources,
    /// The settings.
    pub setting: Setting<'a>,
    /// The guide.
    pub guide: &'a Guide,
    /// The theme.
    pub theme: &'a Theme,
    /// The pictures.
    pub gallery: &'a Gallery,
    /// The build before, if it had the same pages.
    pub earlier: Option<Earlier<'a>>,
}

/// A build before with the same settings, theme and pages.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// What it gave.
    pub output: &'a Output,
    /// Its guide.
    pub guide: &'a Guide,
    /// Which pages differ now.
    pub changed: &'a Changed,
}

impl Earlier<'_> {
    /// The sitemap, if it would be the same.
    fn sitemap(&self, now: &Guide) -> Option<Entry> {
        let says = |node: &Node| (node.updated, node.noindex, node.sitemap, node.fallback);
        let mut others = self.changed.others();
        let is_same = others.all(|page| says(self.guide.page(page)) == says(now.page(page)));
        is_same.then(|| self.output.files.get("sitemap.xml").cloned()).flatten()
    }

    /// The feed of a page, if it would be the same.
    fn feed(&self, path: &SitePath, node: &Node, page: PageNo) -> Option<Entry> {
        let is_same = |page: &PageNo| self.changed.is_same(*page);
        let all = is_same(&page) && node.recent.iter().all(is_same);
        all.then(|| self.output.files.get(path).cloned()).flatten()
    }
}

/// The output of a site of which only some pages differ from the build before.
pub fn renew<'a>(before: &Output, pages: impl Iterator<Item = &'a SitePath>, rendered: &Rendered) -> Output {
    let mut output = before.clone();
    for path in pages {
        if let Some((_, laid)) = rendered.pages.get(path) {
            output.files.insert(path.clone(), Entry::of_page(laid));
        }
        let copy = SitePath::from(urls::markdown(path.strip_suffix("index.html").unwrap_or(path)));
        // A site that brings its own in static/ has the last word.
        let is_own = |entry: &Entry| matches!(entry.content, Content::Copy(_));
        if let Some(bytes) = rendered.copies.get(&copy).filter(|_| !output.files.get(&copy).is_some_and(is_own)) {
            output.files.insert(copy, Entry::of_bytes(bytes.clone()));
        }
    }
    output
}

/// Adds what pages are shown with: the files of the theme, pictures, and the files that are copied.
pub fn open(output: &mut Output, tree: &Tree, sources: &Sources, theme: &Theme, gallery: &Gallery) -> Vec<Finding> {
    for (path, bytes) in &theme.outputs {
        output.files.insert(path.clone(), Entry::of_bytes(bytes.clone()));
    }
    files::add(output, tree, sources, gallery)
}

/// Adds all that stands beside the pages that were rendered.
pub fn add(output: &mut Output, beside: &Beside, rendered: &Rendered) -> Vec<Finding> {
    let Beside { tree, sources, setting, guide, theme, gallery, earlier } = *beside;
    let mut findings = open(output, tree, sources, theme, gallery);
    let listed = |node: &Node| !node.fallback && !node.noindex && node.sitemap;
    let site = setting.site;
    let entry = |text: String| Entry::of_bytes(text.into_bytes());
    let mut written: Vec<(SitePath, Entry)> = vec![("robots.txt".into(), entry(sitemap::robots(site)))];
    // A preview is not to be found.
    if !site.noindex {
        let kept = earlier.and_then(|earlier| earlier.sitemap(guide));
        written.push(("sitemap.xml".into(), kept.unwrap_or_else(|| entry(sitemap::sitemap(site, guide, listed)))));
    }
    if site.llms_txt {
        written.push(("llms.txt".into(), entry(llms::llms(site, guide, listed))));
    }
    written.extend(feed::feeds(site, guide, sources, |path, page| earlier?.feed(path, guide.page(page), page)));
    let copies = rendered.copies.iter().map(|(path, bytes)| (path.clone(), Entry::of_bytes(bytes.clone())));
    for (path, entry) in written.into_iter().chain(copies) {
        // A site that brings its own in static/ has the last word.
        output.files.entry(path).or_insert(entry);
    }
    for (from, html) in &*rendered.redirects {
        let path = urls::output(from);
        if files::taken(output, &path).is_some() {
            let message = format!("the old address {from} is that of a file of the site");
            let help = "Take the address out of aliases or redirects, or remove the file.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, Place::file(&site::FILE.into()), message, help));
            continue;
        }
        output.files.insert(path, Entry::of_bytes(html.clone().into_bytes()));
    }
    findings.extend(hosts::limits::check(site, &guide.redirects, output));
    hosts::add(output, site, &guide.redirects);
    findings
}
