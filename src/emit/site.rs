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
    render::rendered::Rendered,
    resolve::{
        guide::{Guide, Node},
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

/// Adds all of it to the pages that were rendered.
pub fn add(output: &mut Output, beside: &Beside, rendered: &Rendered) -> Vec<Finding> {
    let Beside { tree, sources, setting, guide, theme, gallery } = *beside;
    let mut findings = Vec::new();
    for (path, bytes) in &theme.outputs {
        output.files.insert(path.clone(), Entry::of_bytes(bytes.clone()));
    }
    findings.extend(files::add(output, tree, sources, gallery));
    let listed = |node: &Node| !node.fallback && !node.noindex && node.sitemap;
    let site = setting.site;
    let mut written: Vec<(String, String)> = vec![("robots.txt".into(), sitemap::robots(site))];
    // A preview is not to be found.
    if !site.noindex {
        written.push(("sitemap.xml".into(), sitemap::sitemap(site, guide, listed)));
    }
    if site.llms_txt {
        written.push(("llms.txt".into(), llms::llms(site, guide, listed)));
    }
    written.extend(feed::feeds(site, guide, sources));
    let written = written.into_iter().map(|(path, text)| (SitePath::from(path.trim_start_matches('/')), text.into()));
    let copies = rendered.copies.iter().map(|(path, bytes)| (path.clone(), bytes.clone()));
    for (path, bytes) in written.chain(copies) {
        // A site that brings its own in static/ has the last word.
        output.files.entry(path).or_insert_with(|| Entry::of_bytes(bytes));
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
