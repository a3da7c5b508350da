//! What feeds tell of: the pages of the site, a section or a term that changed last.

use super::{
    guide::{Guide, Node, Origin, PageNo},
    nodes::is_home,
};
use crate::settings::site::Site;

/// How many pages a feed tells of.
const LENGTH: usize = 20;

/// Notes for each section and term which of its pages changed last. Pages without a day, and those that
/// are to be left out, are in no feed.
pub fn arrange(guide: &mut Guide) {
    let mut recent: Vec<Vec<PageNo>> = vec![Vec::new(); guide.pages.len()];
    for (i, node) in guide.pages.iter().enumerate() {
        if node.feed && node.updated.is_some() && !node.hidden && !node.broken && !node.fallback {
            let terms = node.terms.iter().flat_map(|(_, terms)| terms.iter().copied());
            for above in guide.trail(i as PageNo).into_iter().chain(terms) {
                recent[above as usize].push(i as PageNo);
            }
        }
    }
    for (i, mut own) in recent.into_iter().enumerate() {
        own.sort_by(|a, b| {
            let (a, b) = (guide.page(*a), guide.page(*b));
            b.updated.cmp(&a.updated).then_with(|| a.url.cmp(&b.url))
        });
        own.truncate(LENGTH);
        guide.page_mut(i as PageNo).recent = own;
    }
}

/// Whether a page has a feed: the first page has that of the site.
pub fn has_feed(node: &Node, site: &Site) -> bool {
    let wants = |feed: &str| site.feeds.iter().any(|own| own == feed);
    let wanted = match &node.origin {
        _ if node.fallback && !is_home(node) => false,
        Origin::Term(taxonomy, _) => wants("terms") && site.taxonomies.get(taxonomy).is_some_and(|own| own.feed),
        _ if is_home(node) => wants("site"),
        _ => node.is_section && wants("sections"),
    };
    wanted && !node.recent.is_empty() && !node.hidden && !node.broken
}
