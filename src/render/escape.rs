//! Text as HTML, and the characters that the writer keeps for itself.

use crate::load::raw_html::ADDRESS;
use pulldown_cmark_escape::{escape_html, escape_html_body_text};

/// Stand around the name of a field, relation or data kind that a text places. They are Unicode
/// noncharacters, which no text may have; they are taken out of every text.
pub const PLACE: [char; 2] = ['\u{fdd0}', '\u{fdd1}'];

/// All characters that the writer keeps for itself.
pub const NONCHARACTERS: [char; 3] = [PLACE[0], PLACE[1], ADDRESS];

/// Writes text between tags.
pub fn escape(out: &mut String, text: &str) {
    // Whoever reads the finished page for its links must not take words for an attribute.
    if memchr::memmem::find(text.as_bytes(), b"=\"").is_some() {
        return attribute(out, text);
    }
    // Writing to a string does not fail.
    let _ = match text.contains(NONCHARACTERS) {
        true => escape_html_body_text(&mut *out, &text.replace(NONCHARACTERS, "")),
        false => escape_html_body_text(&mut *out, text),
    };
}

/// Writes the value of an attribute in double quotes.
pub fn attribute(out: &mut String, text: &str) {
    let _ = match text.contains(NONCHARACTERS) {
        true => escape_html(&mut *out, &text.replace(NONCHARACTERS, "")),
        false => escape_html(&mut *out, text),
    };
}

/// The value of an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    attribute(&mut out, text);
    out
}
