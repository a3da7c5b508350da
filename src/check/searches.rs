//! Whether the search finds what it must: the phrases under `searches` of each page.

use crate::{
    base::{
        finding::{Finding, Mark, Place},
        path::SitePath,
        rules::Rule,
    },
    emit::{output::Entry, search::folder},
    load::sources::Sources,
    resolve::guide::{Guide, Node},
    search::{format::FOLDER, query::Searcher},
    settings::{schema::Schema, site::Site},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, io, sync::Arc};

/// Among how many results a page must be.
const FIRST: usize = 3;

/// Asks the finished index every phrase, in the language of its page.
pub fn check(
    site: &Site,
    schema: &Schema,
    guide: &Guide,
    sources: &Sources,
    files: &[(SitePath, Entry)],
) -> Vec<Finding> {
    let files: BTreeMap<&str, &Entry> = files.iter().map(|(path, entry)| (path.as_ref(), entry)).collect();
    let asks = |node: &&Arc<Node>| schema.kind(&node.kind).search && !node.hidden && !node.broken && !node.fallback;
    let asking: Vec<&Arc<Node>> = guide.pages.iter().filter(asks).collect();
    // Each thread opens each index once.
    let of_page = |open: &mut BTreeMap<String, Option<Searcher<_>>>, node: &&Arc<Node>| {
        let page = node.page(sources).filter(|page| !page.searches.is_empty() && page.search)?;
        let folder = folder(site, &node.lang);
        let files = &files;
        let own = folder.clone();
        let load = move |name: &str| {
            let entry = files.get(format!("{FOLDER}/{own}{name}").as_str());
            let bytes = entry.and_then(|entry| entry.bytes().ok()?).ok_or(io::ErrorKind::NotFound)?;
            Ok(bytes.into_owned())
        };
        let searcher = open.entry(folder).or_insert_with(|| Searcher::open(load).ok()).as_mut()?;
        let own = site.href(&node.url);
        let missed = page.searches.iter().enumerate().filter_map(|(i, phrase)| {
            let (hits, _) = searcher.search(phrase, FIRST).ok()?;
            let is_own = |url: &str| url.split('#').next() == Some(&own);
            if hits.iter().any(|hit| is_own(&hit.url)) {
                return None;
            }
            let titles: Vec<String> = hits.iter().map(|hit| format!("\"{}\"", hit.title)).collect();
            let message = match titles.is_empty() {
                true => format!("who searches for \"{phrase}\" finds nothing"),
                false => format!("who searches for \"{phrase}\" does not find this page, but {}", titles.join(", ")),
            };
            let help = "Say it under also_known_as, in the summary or in the text as readers say it, or write their word into the synonyms.";
            Some(Finding::new(Rule::SEARCH_PHRASE, Place::mark(&page.path, Mark::Field(format!("searches.{i}"))), message, help))
        });
        Some(missed.collect::<Vec<_>>())
    };
    asking.par_iter().map_init(BTreeMap::new, of_page).flatten().flatten().collect()
}
