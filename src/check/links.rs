//! Links of finished pages that lead to nothing in the output: faults of a template.

use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    emit::output::Output,
    load::sources::Sources,
    render::{
        pages::Laid,
        references::{dead, hash},
    },
    resolve::{
        guide::{Guide, PageNo},
        urls,
    },
    settings::site::{self, Site},
};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Checks every page that was laid out.
pub fn check(
    output: &Output,
    laid: &BTreeMap<SitePath, (PageNo, Laid)>,
    site: &Site,
    guide: &Guide,
    sources: &Sources,
) -> Vec<Finding> {
    let mut exists: FxHashSet<u64> = FxHashSet::default();
    for path in output.files.keys() {
        let url = site.href(&urls::encode(path));
        exists.insert(hash(&url));
        if let Some(folder) = url.strip_suffix("index.html") {
            exists.insert(hash(folder));
        }
    }
    // A page that could not be read has its finding; the links to it are no further faults.
    for node in guide.pages.iter().filter(|node| node.broken) {
        exists.insert(hash(&site.href(&node.url)));
    }
    let one = |(_, (number, laid)): (&SitePath, &(PageNo, Laid))| {
        if laid.references.iter().all(|reference| exists.contains(reference)) {
            return Vec::new();
        }
        let node = guide.page(*number);
        let file = node.page(sources).map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
        let html = laid.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let addresses = dead(html, &exists);
        let finding = |address: &str| {
            let message = format!("the finished page {} has a link to {address}, where nothing is", node.url);
            let help = "It stands in a template of the theme. Correct the address there.";
            (address.to_string(), Finding::new(Rule::LINKS_TEMPLATE, Place::file(&file), message, help))
        };
        match addresses.is_empty() {
            false => addresses.into_iter().map(finding).collect(),
            // Kept from the last build, so its words are not at hand; the fault is told all the same.
            true => vec![finding("an address")],
        }
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut told: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    // The same address in a template is one fault, on however many pages it shows.
    for (address, finding) in laid.par_iter().flat_map_iter(one).collect::<Vec<_>>() {
        match told.get_mut(&address) {
            Some((_, more)) => *more += 1,
            None => {
                told.insert(address, (findings.len(), 0));
                findings.push(finding);
            }
        }
    }
    for (number, more) in told.into_values().filter(|(_, more)| *more > 0) {
        findings[number].message.push_str(&format!(", as have {more} more"));
    }
    findings
}
