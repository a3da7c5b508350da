//! Raw HTML in a text: what of it is let through, and where something is not.
//!
//! Here the tags of a piece are read and compared with the allow list, so that each thing dropped
//! has a line. The finished body then goes through the `ammonia` crate, which knows the list and
//! our own writer's markup, balances the tags and is the last word on safety
//! (`render/sanitise.rs`).

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, states::RawKind},
};
use pulldown_cmark_escape::{escape_html, escape_html_body_text};
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

impl Trouble {
    /// The element that it is about.
    pub fn element(&self) -> Option<&str> {
        match self {
            Trouble::Element(name) | Trouble::Attribute(name, _) => Some(name),
            Trouble::Alt | Trouble::Host(_) => Some("img"),
            Trouble::Address(_) => None,
        }
    }
}

/// A link or a picture in raw HTML.
#[derive(Debug, PartialEq)]
pub struct RawLink {
    /// Whether it is a picture.
    pub is_image: bool,
    /// Its address as written.
    pub target: String,
}

/// Stands in [`Seen::filtered`] for the address of each of [`Seen::links`]. No text has it: it is
/// a Unicode noncharacter.
pub const ADDRESS: char = '\u{fdd2}';

/// What there is to say of a piece of raw HTML.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// The troubles, each with its line in the piece, from nought.
    pub troubles: Vec<(usize, Trouble)>,
    /// The ids that links may lead to.
    pub ids: Vec<String>,
    /// Links and pictures, each with its line: where they lead is for resolve to say.
    pub links: Vec<(usize, RawLink)>,
    /// The piece with nothing left in it but what the list has. Not balanced: a piece may be one
    /// half of a pair of tags.
    pub filtered: String,
}

/// Reads a piece of raw HTML.
pub fn inspect(piece: &str) -> Seen {
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(piece));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.seen.into_inner()
}

#[derive(Default)]
struct Sink {
    seen: RefCell<Seen>,
    /// The element whose content is dropped with it.
    dropping: RefCell<Option<String>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut seen = self.seen.borrow_mut();
        let mut dropping = self.dropping.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let line = line.saturating_sub(1) as usize;
                if ELEMENTS.contains(&&*tag.name) {
                    keep(&mut seen, &tag, line);
                    return TokenSinkResult::Continue;
                }
                if tag.kind == TagKind::EndTag {
                    dropping.take_if(|name| **name == *tag.name);
                    return TokenSinkResult::Continue;
                }
                seen.troubles.push((line, Trouble::Element(tag.name.to_string())));
                // The content of these is not text for a reader, and is read by rules of its own
                // (HTML, section 13.2.5).
                let raw = match &*tag.name {
                    "script" => RawKind::ScriptData,
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => RawKind::Rawtext,
                    "textarea" | "title" => RawKind::Rcdata,
                    _ => return TokenSinkResult::Continue,
                };
                *dropping = Some(tag.name.to_string());
                return TokenSinkResult::RawData(raw);
            }
            // `<?…?>` and `<![CDATA[…]]>` are comments to HTML (section 13.2.5.41), though their
            // writer meant something by them; comments proper are dropped without a word.
            Token::CommentToken(text) if text.starts_with(['?', '[']) => {
                let name: String = text.chars().take_while(|c| !c.is_whitespace()).take(20).collect();
                seen.troubles.push((line.saturating_sub(1) as usize, Trouble::Element(name)));
            }
            Token::CharacterTokens(text) if dropping.is_none() => {
                // Writing to a string does not fail.
                let _ = escape_html_body_text(&mut seen.filtered, &text);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Takes a tag of the list over, without the attributes that the list does not have.
fn keep(seen: &mut Seen, tag: &Tag, line: usize) {
    let name = &*tag.name;
    if tag.kind == TagKind::EndTag {
        seen.filtered.push_str(&format!("</{name}>"));
        return;
    }
    seen.filtered.push_str(&format!("<{name}"));
    let own = OWN_ATTRIBUTES.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, own)| own);
    for attribute in &tag.attrs {
        let key = &*attribute.name.local;
        let value = attribute.value.trim();
        if !ATTRIBUTES.contains(&key) && !own.contains(&key) {
            seen.troubles.push((line, Trouble::Attribute(name.into(), key.into())));
            continue;
        }
        if matches!(key, "href" | "src" | "cite")
            && let Some(trouble) = address_trouble(key, value)
        {
            seen.troubles.push((line, trouble));
            continue;
        }
        if key == "id" {
            seen.ids.push(value.into());
        }
        let is_image = name == "img" && key == "src";
        if is_image || name == "a" && key == "href" {
            seen.links.push((line, RawLink { is_image, target: value.into() }));
            seen.filtered.push_str(&format!(" {key}=\"{ADDRESS}\""));
            continue;
        }
        seen.filtered.push_str(&format!(" {key}=\""));
        let _ = escape_html(&mut seen.filtered, value);
        seen.filtered.push('"');
    }
    seen.filtered.push('>');
    if name == "img" && !tag.attrs.iter().any(|attribute| &*attribute.name.local == "alt") {
        seen.troubles.push((line, Trouble::Alt));
    }
}

fn address_trouble(key: &str, value: &str) -> Option<Trouble> {
    let scheme = value.split(['/', '#', '?']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    match scheme {
        Some(scheme) if !SCHEMES.contains(&&*scheme.to_ascii_lowercase()) => Some(Trouble::Address(value.into())),
        _ if key == "src" && (scheme.is_some() || value.starts_with("//")) => Some(Trouble::Host(value.into())),
        Some(_) => None,
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_runs_or_restyles_is_named_with_its_line() {
        let found =
            inspect("<p>ok</p>\n<p onclick=\"x()\">\n<script>x <b)></script><a href=\"java\tscript:x\">").troubles;
        assert_eq!(found[0], (1, Trouble::Attribute("p".into(), "onclick".into())));
        assert_eq!(found[1], (2, Trouble::Element("script".into())));
        assert!(matches!(found[2], (2, Trouble::Address(_))));
    }

    #[test]
    fn what_is_dropped_is_dropped_with_its_content() {
        assert_eq!(inspect("<b>a<script>x()</script><h2>c</h2></b>").filtered, "<b>ac</b>");
        assert_eq!(inspect("<img src=\"https://b.org/x\" alt=\"a\">").filtered, "<img alt=\"a\">");
    }

    #[test]
    fn what_html_takes_for_a_comment_is_named_and_a_comment_is_not() {
        assert_eq!(inspect("a\n<?php x ?>").troubles, [(1, Trouble::Element("?php".into()))]);
        assert_eq!(inspect("<![CDATA[x]]>").troubles.len(), 1);
        assert_eq!(inspect("<!-- a comment -->").troubles, []);
    }

    #[test]
    fn the_usual_disclosure_passes() {
        let seen = inspect("<details open id=more><summary>More &amp; more</summary>");
        assert_eq!(seen.troubles, []);
        assert_eq!(seen.ids, ["more"]);
        assert_eq!(seen.filtered, "<details open=\"\" id=\"more\"><summary>More &amp; more</summary>");
    }
}
