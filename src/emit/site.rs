//! Everything of a site that is not a page: assets, copied files, redirects, sitemap, robots.txt.

use super::{
    files,
    output::{Entry, Output},
    sitemap,
};
use crate::{
    assets::theme::Theme,
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    load::sources::Sources,
    resolve::{
        guide::{Guide, Node},
        resolver::Setting,
        urls,
    },
    settings::site,
    source::tree::Tree,
};

/// Adds all of it to the pages. `redirects` are old addresses with the pages that send readers on.
pub fn add(
    output: &mut Output,
    tree: &Tree,
    sources: &Sources,
    setting: Setting,
    guide: &Guide,
    theme: &Theme,
    redirects: &[(String, String)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, bytes) in &theme.outputs {
        output.files.insert(path.clone(), Entry::of_bytes(bytes.clone()));
    }
    findings.extend(files::add(output, tree, &sources.files));
    for (from, html) in redirects {
        let path = urls::output(from);
        if files::taken(output, &path).is_some() {
            let message = format!("the old address {from} is that of a file of the site");
            let help = "Take the address out of aliases or redirects, or remove the file.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, Place::file(&site::FILE.into()), message, help));
            continue;
        }
        output.files.insert(path, Entry::of_bytes(html.clone().into_bytes()));
    }
    let listed = |node: &Node| node.page(sources).is_none_or(|page| !page.noindex && page.sitemap && !page.broken);
    let written =
        [("sitemap.xml", sitemap::sitemap(setting.site, guide, listed)), ("robots.txt", sitemap::robots(setting.site))];
    for (path, text) in written {
        // A site that brings its own in static/ has the last word.
        output.files.entry(SitePath::from(path)).or_insert_with(|| Entry::of_bytes(text.into_bytes()));
    }
    findings
}
