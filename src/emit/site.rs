//! Everything of a site that is not a page: assets, copied files, redirects, feeds, copies in
//! Markdown, sitemap, robots.txt, llms.txt.

use super::{
    feed, files, llms,
    output::{Entry, Output},
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
    render::pages::Rendered,
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
    written.extend(rendered.copies.iter().cloned());
    for (path, text) in written {
        // A site that brings its own in static/ has the last word.
        let path = SitePath::from(path.trim_start_matches('/'));
        output.files.entry(path).or_insert_with(|| Entry::of_bytes(text.into_bytes()));
    }
    for (from, html) in &rendered.redirects {
        let path = urls::output(from);
        if files::taken(output, &path).is_some() {
            let message = format!("the old address {from} is that of a file of the site");
            let help = "Take the address out of aliases or redirects, or remove the file.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, Place::file(&site::FILE.into()), message, help));
            continue;
        }
        output.files.insert(path, Entry::of_bytes(html.clone().into_bytes()));
    }
    findings
}
