//! The one dialect of Markdown: CommonMark with tables, footnotes, strikethrough, task lists,
//! definition lists, GFM alerts, heading ids, wiki links, `:::` blocks and `[citations]`.

use super::blocks::{Marker, Prepared};
use pulldown_cmark::{BrokenLink, BrokenLinkCallback, CowStr, Event, LinkType, OffsetIter, Options, Parser};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The extensions that are switched on.
pub const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_WIKILINKS);

/// One step of a text: an event of the parser, or the line of a block.
#[derive(Debug)]
pub enum Step<'a> {
    /// An event of CommonMark.
    Markdown(Event<'a>),
    /// The line that opens or closes a block.
    Block(&'a Marker),
}

/// Accepts `[word]` as a citation when it could be a code: what it cites is for resolve to say.
#[derive(Debug)]
pub struct Citations;

impl<'a> BrokenLinkCallback<'a> for Citations {
    fn handle_broken_link(&mut self, link: BrokenLink<'a>) -> Option<(CowStr<'a>, CowStr<'a>)> {
        let label = &link.reference;
        let code = matches!(link.link_type, LinkType::Shortcut | LinkType::ShortcutUnknown)
            && !label.is_empty()
            && label.chars().next().is_some_and(char::is_alphabetic)
            && label.chars().all(|c| c.is_alphanumeric() || "_.:-".contains(c));
        // `[words][name]` is meant as a link, so that nothing has that name must be said.
        // Of `[E1][E2]` each is a citation of its own.
        let named = link.link_type == LinkType::Reference && !is_code(label);
        (code || named).then(|| (link.reference.clone(), CowStr::Borrowed("")))
    }
}

/// Whether a label has the form of a code: letters, then a digit.
fn is_code(label: &str) -> bool {
    let rest = label.trim_start_matches(char::is_alphabetic);
    rest.len() < label.len() && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// The steps of a prepared text with the bytes each stands for.
pub fn steps<'a>(prepared: &'a Prepared<'a>) -> impl Iterator<Item = (Step<'a>, Range<usize>)> {
    let parser = Parser::new_with_broken_link_callback(&prepared.text, OPTIONS, Some(Citations));
    Steps { events: parser.into_offset_iter(), markers: &prepared.markers, original: prepared.original }
}

struct Steps<'a> {
    events: OffsetIter<'a, Citations>,
    markers: &'a [Marker],
    original: &'a str,
}

impl<'a> Iterator for Steps<'a> {
    type Item = (Step<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (event, range) = self.events.next()?;
        if matches!(event, Event::Rule) {
            let at = self.markers.binary_search_by_key(&range.start, |marker| marker.span.start as usize);
            if let Ok(i) = at {
                return Some((Step::Block(&self.markers[i]), range));
            }
        }
        let event = match event {
            Event::Html(_) if !self.markers.is_empty() => Event::Html(self.original[range.clone()].into()),
            event => event,
        };
        Some((Step::Markdown(event), range))
    }
}

/// What a link in a text is by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// `[[name]]`.
    Wiki,
    /// `[E11]`: a citation, unless no source has that code and it is just a word in brackets.
    Citation,
    /// `#heading` of the same page.
    Anchor,
    /// `/path/` from the site's root.
    Rooted,
    /// `other.md`, `picture.png`: beside the file.
    Relative,
    /// An address elsewhere: `https:`, `mailto:`, `tel:`, `sms:`.
    External,
    /// `[words][name]` without an address of that name.
    Undefined,
    /// A scheme that a browser would run or that guidewright does not know.
    Unsafe,
    /// A picture, of any of the forms above.
    Image,
    /// A reference in a field of type `page`.
    Reference,
    /// A reference in a field of type `source`.
    Source,
}

/// Tells what kind of link this is.
pub fn link_kind(link_type: LinkType, target: &str) -> LinkKind {
    match link_type {
        LinkType::WikiLink { .. } => return LinkKind::Wiki,
        LinkType::ShortcutUnknown => return LinkKind::Citation,
        LinkType::ReferenceUnknown => return LinkKind::Undefined,
        LinkType::Email => return LinkKind::External,
        _ => {}
    }
    let scheme = target.split(['/', '#', '?']).next().and_then(|start| start.split_once(':')).map(|(s, _)| s);
    match scheme.map(str::to_ascii_lowercase).as_deref() {
        Some("http" | "https" | "mailto" | "tel" | "sms") => LinkKind::External,
        Some(_) => LinkKind::Unsafe,
        None if target.starts_with("//") => LinkKind::External,
        None if target.starts_with('#') => LinkKind::Anchor,
        None if target.starts_with('/') => LinkKind::Rooted,
        None => LinkKind::Relative,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_by_its_form() {
        use LinkKind::*;
        let kinds =
            ["https://a.org", "mailto:a@b.org", "JavaScript:x", "data:x", "#a", "/a/", "../a.md#b:c", "//a.org"];
        let told = kinds.map(|target| link_kind(LinkType::Inline, target));
        assert_eq!(told, [External, External, Unsafe, Unsafe, Anchor, Rooted, Relative, External]);
    }

    #[test]
    fn a_word_in_brackets_may_be_a_citation_and_two_words_are_not() {
        let prepared = super::super::blocks::prepare("A [E1] and [two words].");
        let links: Vec<String> = steps(&prepared)
            .filter_map(|(step, _)| match step {
                Step::Markdown(Event::Start(pulldown_cmark::Tag::Link { dest_url, .. })) => Some(dest_url.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(links, ["E1"]);
    }
}
