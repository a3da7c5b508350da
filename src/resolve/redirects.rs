//! Old addresses: each leads, in one step, to a page that is there.

use super::{
    guide::{Node, Redirect},
    ids::Index,
    urls::decode,
};
use crate::base::{
    finding::{Finding, Place},
    rules::Rule,
};
use std::{collections::BTreeMap, sync::Arc};

/// An old address that somebody wrote down.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// The old path, as written.
    pub from: String,
    /// The new path from the site's root, or an address elsewhere.
    pub to: String,
    /// Where it is written.
    pub place: Place,
}

/// Settles all wishes; one that cannot be granted is a finding. `is_file` tells the files of the site
/// that are no pages.
pub fn settle(
    wishes: Vec<Wish>,
    index: &Index,
    pages: &[Arc<Node>],
    is_file: impl Fn(&str) -> bool,
) -> (Vec<Redirect>, Vec<Finding>) {
    let mut granted: BTreeMap<String, (String, Place)> = BTreeMap::new();
    let mut findings = Vec::new();
    let mut refuse = |place: &Place, message: String, help: &str| {
        findings.push(Finding::new(Rule::REDIRECTS_CLASH, place.clone(), message, help));
    };
    for wish in wishes {
        let written = decode(&wish.from);
        let from = if written == "/" { Some("/".into()) } else { clean(&written) };
        let Some(from) = from else {
            let message = format!("\"{}\" is not an address of this site", wish.from);
            refuse(&wish.place, message, "Write the old path from the site's root, like /old/place/.");
            continue;
        };
        if !wish.to.starts_with('/') && !wish.to.starts_with("https://") && !wish.to.starts_with("http://") {
            let message = format!("\"{from}\" cannot lead to \"{}\"", wish.to);
            refuse(
                &wish.place,
                message,
                "Write a path from the site's root, like /new/place/, or an address with https://.",
            );
            continue;
        }
        let live = index.page_at(&from).map(|page| &pages[page as usize]).filter(|page| !page.hidden);
        if let Some(page) = live {
            let name = if page.title.is_empty() { &page.id } else { &page.title };
            let message = format!("\"{from}\" is the address of \"{name}\" today");
            refuse(&wish.place, message, "An old address cannot be that of a page that is there. Remove this one.");
        } else if let Some((other, _)) = granted.get(&from) {
            let message = format!("\"{from}\" leads to {other} already");
            refuse(&wish.place, message, "Keep one of the two.");
        } else {
            granted.insert(from, (wish.to, wish.place));
        }
    }
    let mut redirects = Vec::new();
    for (from, (to, place)) in &granted {
        match follow(&granted, from, to) {
            None => refuse(place, format!("\"{from}\" leads back to itself"), "Let one of them lead to a page."),
            Some(end) => {
                let (path, _) = super::links::split_anchor(end);
                let found = index.page_at(path).or_else(|| index.page_at(&format!("{path}/")));
                let page = found.map(|page| &pages[page as usize]).filter(|page| !page.hidden);
                if page.is_none() && end.starts_with('/') && !is_file(path) {
                    let message = format!("\"{from}\" leads to {end}, where there is no page");
                    refuse(place, message, "Write the address of a page that is there.");
                    continue;
                }
                let title = page.map_or(end, |page| &page.title);
                let slash = if page.is_some_and(|page| page.url.len() > path.len()) { "/" } else { "" };
                let (start, rest) = end.split_at(path.len());
                redirects.push(Redirect {
                    from: from.clone(),
                    to: format!("{start}{slash}{rest}"),
                    title: title.into(),
                });
            }
        }
    }
    (redirects, findings)
}

/// The end of a chain, so that a reader is sent on once and not twice; `None` for a circle.
fn follow<'a>(granted: &'a BTreeMap<String, (String, Place)>, from: &str, to: &'a str) -> Option<&'a str> {
    let mut end = to;
    for _ in 0..=granted.len() {
        match clean(end).and_then(|path| granted.get(&path)) {
            Some((next, _)) if end != from => end = next,
            Some(_) => return None,
            None => return Some(end),
        }
    }
    None
}

/// A path from the site's root with slashes at both ends (a file's with one at the start), or
/// `None` for anything that could lead out of the output.
fn clean(path: &str) -> Option<String> {
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let fine =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0', '?', '#', ':']);
    if !inner.split('/').all(fine) {
        return None;
    }
    let is_file = inner.rsplit('/').next().is_some_and(|name| name.contains('.'));
    Some(if is_file { format!("/{inner}") } else { format!("/{inner}/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_cannot_leave_the_output() {
        for path in ["../../x", "/../x", "/a/../../x", "//host/x", "/a\\b", "/"] {
            assert_eq!(clean(path), None, "{path}");
        }
        assert_eq!(clean("/old").as_deref(), Some("/old/"));
        assert_eq!(clean("/old.html").as_deref(), Some("/old.html"));
    }

    #[test]
    fn a_chain_is_one_step_and_a_circle_is_refused() {
        let place = Place::file(&"guide.yaml".into());
        let wish = |from: &str, to: &str| Wish { from: from.into(), to: to.into(), place: place.clone() };
        let wishes =
            vec![wish("/a/", "/b/"), wish("/b/", "https://c.example/"), wish("/x/", "/y/"), wish("/y/", "/x/")];
        let (redirects, findings) = settle(wishes, &Index::default(), &[], |_| false);
        assert!(redirects.iter().all(|redirect| redirect.to == "https://c.example/"), "{redirects:?}");
        assert_eq!((redirects.len(), findings.len()), (2, 2));
    }
}
