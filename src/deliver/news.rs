//! What a build means for a page that stands open in a browser.

use super::shown::Shown;
use crate::base::path::SitePath;
use imbl::ordmap::DiffItem;
use std::collections::BTreeMap;

/// What a build means for a page that stands open in a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    Same,
    /// It is another page now.
    Reload,
    /// Only the address of its style sheet is another.
    Style(String),
    /// It stands at another address.
    Moved(String),
    /// It is gone.
    Gone,
}

impl Shown {
    /// What this build means for a page that stands open since `before`.
    pub fn news(&self, before: &Shown, place: &SitePath) -> News {
        let (old, new) = (before.output.files.get(place), self.output.files.get(place));
        match (old, new) {
            (Some(old), Some(new)) if old.digest == new.digest => News::Same,
            (_, Some(_)) => {
                match before.text(place).zip(self.text(place)).and_then(|(old, new)| restyled(&old, &new)) {
                    Some(style) => News::Style(style),
                    None => News::Reload,
                }
            }
            (Some(_), None) => self.successor(before, place).map_or(News::Gone, News::Moved),
            (None, None) => {
                let digest = |shown: &Shown| shown.not_found(place).map(|(_, entry)| entry.digest);
                if digest(before) == digest(self) { News::Same } else { News::Reload }
            }
        }
    }

    /// The address of the page that came in the place of one that went: the same text, or else the same
    /// title, under a name that was not there before.
    fn successor(&self, before: &Shown, place: &SitePath) -> Option<String> {
        let (old, new) = (before.insight.as_ref()?, self.insight.as_ref()?);
        let old_node = old.guide.0.page(before.page(place)?);
        let old_page = old_node.source(&old.sources)?;
        let candidates = new.guide.0.pages.iter().filter(|node| {
            !node.fallback
                && node.lang == old_node.lang
                && self.output.files.contains_key(&node.output)
                && !before.output.files.contains_key(&node.output)
        });
        let mut by_title = None;
        for node in candidates {
            let Some(page) = node.source(&new.sources) else { continue };
            if page.words == old_page.words {
                return Some(new.site.href(&node.url));
            }
            if node.title == old_node.title {
                by_title = Some(new.site.href(&node.url));
            }
        }
        by_title
    }

    /// Where pages went: what was known before, and what this build tells.
    pub fn moved_since(&self, before: &Shown) -> BTreeMap<SitePath, String> {
        let gone = before.output.files.diff(&self.output.files).filter_map(|item| match item {
            DiffItem::Remove(place, _) if place.extension() == "html" => Some(place),
            _ => None,
        });
        let new = gone.take(MANY).filter_map(|place| Some((place.clone(), self.successor(before, place)?)));
        let mut moved = before.moved.clone();
        moved.extend(new);
        moved.retain(|place, _| !self.output.files.contains_key(place));
        moved
    }

    /// The page at a place, if it is at hand.
    pub fn text(&self, place: &SitePath) -> Option<String> {
        let bytes = self.bytes(self.output.files.get(place)?)?;
        String::from_utf8(bytes.into_owned()).ok()
    }
}

/// Of so many pages that go at once it is asked where they went: each is a search through the site, and
/// nobody has tabs open on more.
const MANY: usize = 20;

/// The new style sheet of a page, if nothing else of it is new.
fn restyled(old: &str, new: &str) -> Option<String> {
    let (old_style, new_style) = (style(old)?, style(new)?);
    (old.replacen(old_style, new_style, 1) == new).then(|| new_style.into())
}

fn style(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<link rel=\"stylesheet\" href=\"")?;
    rest.split_once('"').map(|(href, _)| href)
}
