//! The text and the fields of a page (or of an entry) as HTML: the costly step before layout,
//! and one that depends on nothing but the text, where its links lead, and the kind's fields.

use super::{
    escape::PLACE,
    fields::FieldWriter,
    html::{self, Context},
    sanitise,
    strings::Strings,
};
use crate::{
    load::{content::Content, page::Page},
    resolve::guide::Target,
    settings::schema::Kind,
};

/// The HTML of a text and of the fields beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// The text, cut where a field, a relation or the entries of a data kind are placed.
    pub pieces: Vec<Piece>,
    /// Each field that a page may show, by name, in the order of the kind.
    pub fields: Vec<(String, String)>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// HTML.
    Html(String),
    /// The place of the field, relation or data kind of that name.
    Place(String),
}

/// Writes the body of a page.
pub fn of_page(page: &Page, text: &str, targets: &[Target], kind: &Kind, strings: &Strings) -> Body {
    let (own, rest) = targets.split_at((page.text_links as usize).min(targets.len()));
    let context =
        Context { targets: own, headings: &page.outline, skip_title: page.titled_by_heading, prefix: "", strings };
    let html = html::write(text, &context);
    let html = if page.has_html { sanitise::clean(&html) } else { html };
    Body { pieces: cut(html), fields: fields(&page.content, rest, kind, strings, "field_") }
}

/// Writes the fields of some content, the headed ones and those that a page may place.
pub fn fields(
    content: &Content,
    targets: &[Target],
    kind: &Kind,
    strings: &Strings,
    prefix: &str,
) -> Vec<(String, String)> {
    let mut writer = FieldWriter { targets, used: 0, strings, prefix, proses: 0 };
    let mut written = Vec::new();
    for (name, value) in &content.fields {
        // Every value is written, shown or not: each takes its own links with it.
        let field = kind.fields.iter().find(|field| field.name == *name);
        let plain = crate::settings::types::Field::new(name, crate::settings::types::Type::Any, "");
        let html = writer.block(value, field.unwrap_or(&plain));
        if field.is_some() {
            written.push((name.clone(), html));
        }
    }
    written.sort_by_key(|(name, _)| kind.fields.iter().position(|field| field.name == *name));
    written
}

fn cut(html: String) -> Vec<Piece> {
    if !html.contains(PLACE[0]) {
        return vec![Piece::Html(html)];
    }
    let mut pieces = Vec::new();
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once(PLACE[0]) {
        let (name, after) = after.split_once(PLACE[1]).unwrap_or(("", after));
        if !before.trim().is_empty() {
            pieces.push(Piece::Html(before.into()));
        }
        pieces.push(Piece::Place(name.into()));
        rest = after;
    }
    if !rest.trim().is_empty() {
        pieces.push(Piece::Html(rest.into()));
    }
    pieces
}
