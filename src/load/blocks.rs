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
        /// Whether a closing line follows.
        closed: bool,
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
                    opening(rest)
                } else if let Some(opener) = open.pop() {
                    if let Action::Open { closed, .. } = &mut markers[opener].action {
                        *closed = true;
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

fn opening(rest: &str) -> Action {
    let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let rest = rest.trim();
    let (title, id) = match rest.strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")) {
        Some((title, id)) => (title.trim(), Some(id.trim().to_string())),
        None => (rest, None),
    };
    Action::Open { name: name.into(), title: title.into(), id, closed: false }
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
            Action::Open { name: "urgent".into(), title: "Leave now".into(), id: Some("leave".into()), closed: true }
        );
        assert_eq!(prepared.markers[1].action, Action::Close);
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
