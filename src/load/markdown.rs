//! The one dialect of Markdown: CommonMark with tables, footnotes, strikethrough, task lists,
//! definition lists, GFM alerts, heading ids, wiki links, `:::` blocks and `[citations]`.

use super::{
    blocks::{Marker, Prepared},
    typography::Typography,
};
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
    /// A word of the glossary begins.
    TermStart,
    /// It ends.
    TermEnd,
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
        let several = matches!(link.link_type, LinkType::Shortcut | LinkType::ShortcutUnknown)
            && label.contains([',', ';'])
            && codes(label).all(|(_, code)| is_code(code) && !code.contains(char::is_whitespace));
        (code || named || several).then(|| (link.reference.clone(), CowStr::Borrowed("")))
    }
}

/// The codes of a citation, `[E1]`, `[E1, E2]` or `[E1, p. 4; E2]`, each with the byte at which it
/// begins.
pub fn codes(label: &str) -> impl Iterator<Item = (usize, &str)> {
    let parts = label.split([',', ';']).scan(0, |at, part| {
        let start = *at + part.len() - part.trim_start().len();
        *at += part.len() + 1;
        Some((start, part.trim()))
    });
    parts.filter(|(start, part)| *start == 0 || !is_locator(part))
}

/// Whether a part of a citation says where in the source.
fn is_locator(part: &str) -> bool {
    const WORDS: [&str; 12] =
        ["p.", "pp.", "page", "pages", "ch.", "chapter", "fig.", "figure", "table", "sec.", "section", "§"];
    let part = part.to_lowercase();
    WORDS.iter().any(|word| part.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(char::is_numeric)))
}

/// Whether a label has the form of a code: letters, then a digit.
fn is_code(label: &str) -> bool {
    let rest = label.trim_start_matches(char::is_alphabetic);
    rest.len() < label.len() && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// The steps of a prepared text with the bytes each stands for.
pub fn steps<'a>(prepared: &'a Prepared<'a>, typography: Typography) -> impl Iterator<Item = (Step<'a>, Range<usize>)> {
    let smart = if typography.smart { Options::ENABLE_SMART_PUNCTUATION } else { Options::empty() };
    let parser = Parser::new_with_broken_link_callback(&prepared.text, OPTIONS.union(smart), Some(Citations));
    let events = parser.into_offset_iter();
    Steps { events, markers: &prepared.markers, original: prepared.original, typography, single_open: 0 }
}

struct Steps<'a> {
    events: OffsetIter<'a, Citations>,
    markers: &'a [Marker],
    original: &'a str,
    typography: Typography,
    /// How many single quotations are open: what else looks like their end is an apostrophe.
    single_open: u32,
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
            Event::Text(text) if self.typography.smart && range.len() == 1 => self.set(text, range.start),
            event => event,
        };
        Some((Step::Markdown(event), range))
    }
}

impl<'a> Steps<'a> {
    /// A quotation mark that the parser made of a plain one, as the language has it.
    fn set(&mut self, text: CowStr<'a>, at: usize) -> Event<'a> {
        if !matches!(self.original.as_bytes()[at], b'"' | b'\'') {
            return Event::Text(text);
        }
        let before = self.original[..at].chars().next_back();
        let after = self.original[at + 1..].chars().next();
        // The '90s: what stands for digits left out is an apostrophe.
        if &*text == "‘" && after.is_some_and(|c| c.is_ascii_digit()) {
            return Event::Text(CowStr::Borrowed("’"));
        }
        let between = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let closes = &*text == "’" && self.single_open > 0 && !between;
        self.single_open = match &*text {
            "‘" => self.single_open + 1,
            _ => self.single_open - u32::from(closes),
        };
        Event::Text(self.typography.mark(&text, closes).map_or(text, CowStr::Borrowed))
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
        let prepared = super::super::blocks::prepare("A [E1], [E2, E3] and [two words] or [two, words].");
        let links: Vec<String> = steps(&prepared, Typography::PLAIN)
            .filter_map(|(step, _)| match step {
                Step::Markdown(Event::Start(pulldown_cmark::Tag::Link { dest_url, .. })) => Some(dest_url.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(links, ["E1", "E2, E3"]);
        assert_eq!(codes("E2, E3").collect::<Vec<_>>(), [(0, "E2"), (4, "E3")]);
        assert_eq!(codes("E2, p. 4; E3").collect::<Vec<_>>(), [(0, "E2"), (10, "E3")]);
    }
}
