//! Raw HTML in a text: what of it is let through, and where something is not.
//!
//! Here the tags of a piece are read and compared with the allow list, so that each thing dropped
//! has a line. The dropping itself is done on the finished body by the `ammonia` crate with the
//! same list ([`sanitise`](crate::render::sanitise)).

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer},
};
use std::cell::RefCell;

/// The elements that raw HTML may use. No headings: those belong in Markdown, where they count
/// for the outline. Nothing that runs, loads, submits or restyles.
pub const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// The attributes that any element may have.
pub const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "lang",
    "dir",
    "title",
    "role",
    "aria-label",
    "aria-labelledby",
    "aria-describedby",
    "aria-hidden",
];

/// The attributes that one element may have.
pub const OWN_ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "hreflang"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open"]),
    ("img", &["src", "alt", "width", "height", "loading"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["start", "reversed", "type"]),
    ("q", &["cite"]),
    ("td", &["colspan", "rowspan", "headers"]),
    ("th", &["colspan", "rowspan", "headers", "scope", "abbr"]),
    ("time", &["datetime"]),
];

/// The schemes of addresses that may stand in raw HTML.
pub const SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "sms"];

/// Something in a piece of raw HTML that is not as it should be.
#[derive(Debug, PartialEq)]
pub enum Trouble {
    /// An element that the list does not have.
    Element(String),
    /// An attribute that the list does not have: (element, attribute).
    Attribute(String, String),
    /// An address with a scheme that the list does not have.
    Address(String),
    /// A picture without `alt`.
    Alt,
    /// A picture from another host.
    Host(String),
}

/// Reads a piece of raw HTML; each trouble comes with its line in the piece, from nought.
pub fn inspect(piece: &str) -> Vec<(usize, Trouble)> {
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(piece));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.found.into_inner()
}

#[derive(Default)]
struct Sink {
    found: RefCell<Vec<(usize, Trouble)>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        let line = line.saturating_sub(1) as usize;
        let name = &*tag.name;
        let mut found = self.found.borrow_mut();
        if !ELEMENTS.contains(&name) {
            if tag.kind == TagKind::StartTag {
                found.push((line, Trouble::Element(name.into())));
            }
            return TokenSinkResult::Continue;
        }
        let own = OWN_ATTRIBUTES.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, own)| own);
        for attribute in &tag.attrs {
            let key = &*attribute.name.local;
            let value = attribute.value.trim();
            if !ATTRIBUTES.contains(&key) && !own.contains(&key) {
                found.push((line, Trouble::Attribute(name.into(), key.into())));
            } else if matches!(key, "href" | "src" | "cite") {
                let scheme = value.split(['/', '#', '?']).next().and_then(|start| start.split_once(':'));
                if scheme.is_some_and(|(scheme, _)| !SCHEMES.contains(&&*scheme.to_ascii_lowercase())) {
                    found.push((line, Trouble::Address(value.into())));
                } else if key == "src" && (scheme.is_some() || value.starts_with("//")) {
                    found.push((line, Trouble::Host(value.into())));
                }
            }
        }
        let has_alt = tag.attrs.iter().any(|attribute| &*attribute.name.local == "alt");
        if name == "img" && tag.kind == TagKind::StartTag && !has_alt {
            found.push((line, Trouble::Alt));
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_runs_or_restyles_is_named_with_its_line() {
        let found = inspect("<p>ok</p>\n<p onclick=\"x()\">\n<script>x</script><a href=\"java\tscript:x\">");
        assert_eq!(found[0], (1, Trouble::Attribute("p".into(), "onclick".into())));
        assert_eq!(found[1], (2, Trouble::Element("script".into())));
        assert!(matches!(found[2], (2, Trouble::Address(_))));
    }

    #[test]
    fn the_usual_disclosure_passes() {
        assert!(inspect("<details open><summary>More</summary>").is_empty());
    }
}
