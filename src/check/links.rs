//! Links of finished pages that lead to nothing in the output: faults of a template.

use crate::{
    assets::gallery::Gallery,
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
use std::collections::{BTreeMap, BTreeSet};

/// Checks every page that was laid out; names those that have faults and whose text is not at hand.
pub fn check(
    output: &Output,
    laid: &BTreeMap<SitePath, (PageNo, Laid)>,
    site: &Site,
    guide: &Guide,
    sources: &Sources,
    gallery: &Gallery,
) -> (Vec<Finding>, BTreeSet<SitePath>) {
    let mut exists: FxHashSet<u64> = FxHashSet::default();
    for path in output.files.keys() {
        let url = site.href(&urls::encode(path));
        exists.insert(hash(&url));
        if let Some(folder) = url.strip_suffix("index.html") {
            exists.insert(hash(folder));
        }
    }
    // That there is no first page is told once, and not at every link to it.
    exists.insert(hash(&site.href("/")));
    exists.extend(gallery.missing.iter().map(|href| hash(href)));
    // A page that could not be read has its finding; the links to it are no further faults.
    for node in guide.pages.iter().filter(|node| node.broken) {
        exists.insert(hash(&site.href(&node.url)));
    }
    let is_whole = |laid: &Laid| laid.references.iter().all(|reference| exists.contains(reference));
    let faulty: Vec<_> = laid.par_iter().filter(|(_, (_, laid))| !is_whole(laid)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    let mut incomplete = BTreeSet::new();
    // The same address in a template is one fault, on however many pages it shows.
    let mut told: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (path, (number, laid)) in faulty {
        let Some(bytes) = &laid.bytes else {
            incomplete.insert(path.clone());
            continue;
        };
        for address in dead(std::str::from_utf8(bytes).unwrap_or_default(), &exists) {
            if let Some((_, more)) = told.get_mut(address) {
                *more += 1;
                continue;
            }
            told.insert(address, (findings.len(), 0));
            let node = guide.page(*number);
            let file = node.page(sources).map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
            let message = format!("the finished page {} has a link to {address}, where nothing is", node.url);
            let help = "It stands in a template of the theme. Correct the address there.";
            findings.push(Finding::new(Rule::LINKS_TEMPLATE, Place::file(&file), message, help));
        }
    }
    for (number, more) in told.into_values().filter(|(_, more)| *more > 0) {
        findings[number].message.push_str(&format!(", as have {more} more"));
    }
    (findings, incomplete)
}
