//! `:::name title {#id}` … `:::`: blocks around or instead of text.
//!
//! CommonMark has no such thing, so before it is parsed each marker line is overwritten, byte for
//! byte, with a thematic break (`***`), which ends paragraphs and lists just as a marker should.
//! The parser then reports a rule at the marker's byte, and offsets stay true.

use crate::base::span::Span;
use std::borrow::Cow;

/// A Markdown text with its markers taken out.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The text to parse: as long as the original, byte for byte.
    pub text: Cow<'a, str>,
    /// The text as it was written: raw HTML is not Markdown, and its lines are left alone.
    pub original: &'a str,
    /// The markers in order.
    pub markers: Vec<Marker>,
}

/// A line that opens or closes a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// Its bytes in the text.
    pub span: Span,
    /// What it does.
    pub action: Action,
}

/// What a marker does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Opens a block.
    Open {
        /// What kind of block.
        name: String,
        /// Its title; may be empty.
        title: String,
        /// Its `id`.
        id: Option<String>,
        /// Its arguments: key, value, and where they are written.
        args: Vec<(String, String, Span)>,
        /// Whether a closing line follows.
        closed: bool,
        /// Whether nothing stands between the two.
        empty: bool,
    },
    /// Closes the block that was opened last.
    Close,
    /// Closes nothing.
    Stray,
    /// Is no marker, though it was surely meant as one: blanks stand before it.
    Indented,
}

/// Finds the markers of a text: lines that begin with three colons, outside fenced code.
pub fn prepare(text: &str) -> Prepared<'_> {
    if memchr::memmem::find(text.as_bytes(), b":::").is_none() {
        return Prepared { text: Cow::Borrowed(text), original: text, markers: Vec::new() };
    }
    let mut markers: Vec<Marker> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut code: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let inner = trimmed.trim_start();
        let fence_len = inner.len() - inner.trim_start_matches(['`', '~']).len();
        let fence = &inner[..fence_len];
        match code {
            Some(opened) if fence.starts_with(opened) && fence.len() == inner.len() => code = None,
            Some(_) => {}
            None if fence.starts_with("```") && !inner[fence_len..].contains('`') || fence.starts_with("~~~") => {
                code = Some(fence);
            }
            None if trimmed.starts_with(":::") => {
                let rest = trimmed.trim_start_matches(':').trim();
                let action = if !rest.is_empty() {
                    open.push(markers.len());
                    opening(rest, at + line.find(rest).unwrap_or_default())
                } else if let Some(opener) = open.pop() {
                    let inner = &text[markers[opener].span.end as usize..at];
                    if let Action::Open { closed, empty, .. } = &mut markers[opener].action {
                        (*closed, *empty) = (true, inner.trim().is_empty());
                    }
                    Action::Close
                } else {
                    Action::Stray
                };
                markers.push(Marker { span: Span::new(at..at + trimmed.len()), action });
            }
            None if inner.starts_with(":::") && trimmed.len() - inner.len() < 4 => {
                let span = Span::new(at + trimmed.len() - inner.len()..at + trimmed.len());
                markers.push(Marker { span, action: Action::Indented });
            }
            None => {}
        }
        at += line.len();
    }
    let mut bytes = text.as_bytes().to_vec();
    for marker in markers.iter().filter(|marker| marker.action != Action::Indented) {
        let line = &mut bytes[marker.span.start as usize..marker.span.end as usize];
        line.fill(b' ');
        line[..3].fill(b'*');
    }
    // Whole characters were replaced by ASCII, so this cannot fail.
    let blanked = String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned);
    Prepared { text: blanked, original: text, markers }
}

/// Reads `name Title {#id key=value key="two words" word}`, which begins at byte `at`. A word alone
/// is a key that says yes.
fn opening(rest: &str, at: usize) -> Action {
    let (name, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let mut title = after.trim();
    let (mut id, mut args) = (None, Vec::new());
    if let Some((before, inner)) = after.trim_end().strip_suffix('}').and_then(|after| after.rsplit_once('{')) {
        title = before.trim();
        let start = at + rest.len() - after.len() + before.len() + 1;
        for (word, offset) in words(inner) {
            let span = Span::new(start + offset..start + offset + word.len());
            match (word.strip_prefix('#'), word.split_once('=')) {
                (Some(own), _) => id = Some(own.to_string()),
                (None, Some((key, value))) => args.push((key.into(), value.trim_matches('"').into(), span)),
                (None, None) => args.push((word.into(), "yes".into(), span)),
            }
        }
    }
    Action::Open { name: name.into(), title: title.into(), id, args, closed: false, empty: false }
}

/// The words of a text with the byte at which each begins; blanks between quotes part nothing.
fn words(text: &str) -> Vec<(&str, usize)> {
    let (mut words, mut start, mut quoted) = (Vec::new(), None, false);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        quoted ^= c == '"';
        match start {
            Some(from) if c.is_whitespace() && (!quoted || at == text.len()) => {
                words.push((&text[from..at], from));
                start = None;
            }
            None if !c.is_whitespace() => start = Some(at),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_becomes_a_rule_of_the_same_length() {
        let text = "One\n:::urgent Leave now {#leave}\nTwo é\n:::\n";
        let prepared = prepare(text);
        assert_eq!(prepared.text.len(), text.len());
        assert_eq!(&prepared.text[4..8], "*** ");
        assert_eq!(
            prepared.markers[0].action,
            Action::Open {
                name: "urgent".into(),
                title: "Leave now".into(),
                id: Some("leave".into()),
                args: Vec::new(),
                closed: true,
                empty: false,
            }
        );
        assert_eq!(prepared.markers[1].action, Action::Close);
    }

    #[test]
    fn arguments_know_where_they_stand() {
        let text = ":::card A title {#one tone=calm to=\"two words\" wide}\n:::\n";
        let Action::Open { title, id, args, empty, .. } = &prepare(text).markers[0].action else { panic!() };
        assert_eq!((title.as_str(), id.as_deref(), *empty), ("A title", Some("one"), true));
        let read: Vec<_> =
            args.iter().map(|(key, value, span)| (key.as_str(), value.as_str(), &text[span.within(text)])).collect();
        assert_eq!(
            read,
            [("tone", "calm", "tone=calm"), ("to", "two words", "to=\"two words\""), ("wide", "yes", "wide")]
        );
    }

    #[test]
    fn markers_in_code_are_code() {
        assert!(prepare("```\n:::note\n```\n").markers.is_empty());
    }

    #[test]
    fn an_indented_marker_is_seen_and_left_as_it_is() {
        let prepared = prepare("- a\n  :::note\n");
        assert_eq!(prepared.markers[0].action, Action::Indented);
        assert_eq!(prepared.text, "- a\n  :::note\n");
    }

    #[test]
    fn what_is_not_paired_is_said() {
        let prepared = prepare(":::\n:::note\n");
        assert_eq!(prepared.markers[0].action, Action::Stray);
        assert!(matches!(prepared.markers[1].action, Action::Open { closed: false, .. }));
    }
}
