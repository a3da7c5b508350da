//! From problems to findings, with the word that was probably meant.

use super::{
    guide::EntryNode,
    links::{Lookup, Pool, Problem},
};
use crate::base::{
    finding::{Finding, Place},
    near::nearest,
    rules::Rule,
};

/// So many problems get a "did you mean": looking through every name of a large guide takes
/// milliseconds, and nobody reads three thousand suggestions.
const SUGGESTIONS: usize = 200;

/// Turns problems into findings. With `uncertain`, names that lead nowhere may be no fault of those
/// who wrote them, and are left out.
pub fn explain(lookup: &Lookup, problems: Vec<(Place, Problem)>, uncertain: bool) -> Vec<Finding> {
    let citable = |entry: &&EntryNode| lookup.schema.is_citable(&entry.kind);
    // A title that leads nowhere may be that of a page which cannot be read.
    let untitled = lookup.pages.iter().any(|page| page.broken);
    let in_doubt = |problem: &Problem| match &problem.near {
        _ if [Rule::LINKS_CITATION, Rule::LINKS_AMBIGUOUS].contains(&problem.rule) => uncertain,
        Some((word, Pool::Ids)) if problem.rule == Rule::LINKS_DEAD => {
            uncertain || untitled && word.contains(|c: char| c.is_whitespace() || c.is_uppercase())
        }
        _ => false,
    };
    let mut asked = 0;
    let mut finding = |(place, problem): (Place, Problem)| {
        asked += 1;
        let near = problem.near.as_ref().filter(|_| asked <= SUGGESTIONS).and_then(|(word, pool)| match pool {
            Pool::Ids => near_page(lookup, word),
            Pool::Citable => {
                nearest(word, lookup.entries.iter().filter(citable).map(|entry| entry.id.as_str())).map(String::from)
            }
            Pool::Words(words) => nearest(word, words.iter().map(String::as_str)).map(String::from),
        });
        let help = near.map_or(problem.help.clone(), |near| format!("Did you mean \"{near}\"?"));
        Finding::new(problem.rule, place, problem.message, help)
    };
    problems.into_iter().filter(|(_, problem)| !in_doubt(problem)).map(&mut finding).collect()
}

/// The page or entry whose name is nearest to the last part of `word`, written as that was: a
/// path from the root, the path of a file, or an id.
fn near_page(lookup: &Lookup, word: &str) -> Option<String> {
    let bare = word.trim_matches('/').trim_end_matches(".md");
    let (folder, tail) = bare.rsplit_once('/').unwrap_or(("", bare));
    let near = nearest(tail, lookup.index.words())?;
    let page = lookup.pages.iter().find(|page| page.id == near || page.id.ends_with(&format!("/{near}")));
    Some(match page {
        Some(page) if word.starts_with('/') => page.url.clone(),
        Some(page) if word.ends_with(".md") && (near == tail || folder.is_empty()) => format!("{}.md", page.id),
        Some(_) if word.ends_with(".md") => format!("{folder}/{near}.md"),
        Some(page) if !folder.is_empty() => page.id.clone(),
        _ => near.into(),
    })
}
