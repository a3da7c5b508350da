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
        references::{dead, hash},
        rendered::{Laid, Rendered},
    },
    resolve::{
        guide::{Guide, PageNo},
        urls,
    },
    settings::site::{self, Site},
};
use imbl::OrdMap;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The addresses that exist on a site, and the finished pages that have others.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    exists: Arc<FxHashSet<u64>>,
    faulty: BTreeSet<SitePath>,
}

impl Ledger {
    /// Looks through every page.
    pub fn new(output: &Output, rendered: &Rendered, site: &Site, guide: &Guide, gallery: &Gallery) -> Ledger {
        let laid = &rendered.pages;
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
        let pages: Vec<_> = laid.iter().collect();
        let is_whole = |laid: &Laid| laid.references.iter().all(|reference| exists.contains(reference));
        // Pages that are to be made yet are looked at then.
        let is_owed = |number: &PageNo| rendered.owed.contains(number);
        let faulty = pages
            .into_par_iter()
            .filter(|(_, (number, laid))| !is_owed(number) && !is_whole(laid))
            .map(|(path, _)| path.clone());
        Ledger { faulty: faulty.collect(), exists: exists.into() }
    }

    /// Whether no page has an address that does not exist.
    pub fn is_whole(&self) -> bool {
        self.faulty.is_empty()
    }

    /// Looks through single pages again, where nothing came to the site and nothing went.
    pub fn renew<'a>(
        mut self,
        laid: &OrdMap<SitePath, (PageNo, Laid)>,
        pages: impl Iterator<Item = &'a SitePath>,
    ) -> Ledger {
        for path in pages {
            let Some((_, laid)) = laid.get(path) else { continue };
            match laid.references.iter().all(|reference| self.exists.contains(reference)) {
                true => self.faulty.remove(path),
                false => self.faulty.insert(path.clone()),
            };
        }
        self
    }
}

/// The links of finished pages that lead nowhere; names the pages that have some and whose text is not at
/// hand.
pub fn check(
    ledger: &Ledger,
    laid: &OrdMap<SitePath, (PageNo, Laid)>,
    guide: &Guide,
    sources: &Sources,
) -> (Vec<Finding>, BTreeSet<SitePath>) {
    let mut findings: Vec<Finding> = Vec::new();
    let mut incomplete = BTreeSet::new();
    // The same address in a template is one fault, on however many pages it shows.
    let mut told: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (path, (number, laid)) in ledger.faulty.iter().filter_map(|path| laid.get_key_value(path)) {
        let Some(bytes) = &laid.bytes else {
            incomplete.insert(path.clone());
            continue;
        };
        for address in dead(std::str::from_utf8(bytes).unwrap_or_default(), &ledger.exists) {
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
