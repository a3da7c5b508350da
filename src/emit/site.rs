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
    render::templates::{Shared, Templates},
    resolve::{
        guide::{Guide, Node},
        resolver::Setting,
        urls,
    },
    source::tree::Tree,
};

/// Adds all of it to the pages. `render` is missing when the templates could not be read.
pub fn add(
    output: &mut Output,
    tree: &Tree,
    sources: &Sources,
    setting: Setting,
    guide: &Guide,
    theme: &Theme,
    render: Option<&(Templates, Shared)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, bytes) in &theme.outputs {
        output.files.insert(path.clone(), Entry::of_bytes(bytes.clone()));
    }
    findings.extend(files::add(output, tree, &sources.files));
    let site = setting.site;
    for redirect in &guide.redirects {
        let Some((templates, shared)) = render else { break };
        let path = urls::output(&redirect.from);
        let here = redirect.to.starts_with('/');
        let (href, absolute) = match here {
            true => (site.href(&redirect.to), site.absolute(&redirect.to)),
            false => (redirect.to.clone(), redirect.to.clone()),
        };
        match templates.redirect(shared, &redirect.from, &href, &absolute, &redirect.title) {
            Ok(html) => {
                if files::taken(output, &path).is_some() {
                    let place = Place::file(&SitePath::from(crate::settings::site::FILE));
                    let message = format!("the old address {} is that of a file of the site", redirect.from);
                    let help = "Take the address out of aliases or redirects, or remove the file.";
                    findings.push(Finding::new(Rule::REDIRECTS_CLASH, place, message, help));
                    continue;
                }
                output.files.insert(path, Entry::of_bytes(html.into_bytes()));
            }
            Err(finding) => findings.push(*finding),
        }
    }
    let listed = |node: &Node| node.page(sources).is_none_or(|page| !page.noindex && page.sitemap && !page.broken);
    let written = [("sitemap.xml", sitemap::sitemap(site, guide, listed)), ("robots.txt", sitemap::robots(site))];
    for (path, text) in written {
        // A site that brings its own in static/ has the last word.
        output.files.entry(SitePath::from(path)).or_insert_with(|| Entry::of_bytes(text.into_bytes()));
    }
    findings
}
