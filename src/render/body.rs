//! The text and the fields of a page (or of an entry) as HTML: the costly step before layout,
//! and one that depends on nothing but the text, where its links lead, and the kind's fields.

use super::{
    escape::PLACE,
    fields::FieldWriter,
    html::{self, CLOSES, Context, Kit, OPENS},
    pictures, sanitise,
    strings::Strings,
};
use crate::{
    base::{path::SitePath, span::Span},
    load::{
        blocks::{self, Action},
        containers::{Role, node, role},
        content::Content,
        page::Page,
        typography::Typography,
    },
    resolve::guide::{Node, Target},
    settings::{
        read::Reader,
        schema::Kind,
        theme::Components,
        value::Value,
        yaml::{self, Key},
    },
};

/// The HTML of a text and of the fields beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// The text, cut where something is placed.
    pub pieces: Vec<Piece>,
    /// Each field that a page may show, by name, in the order of the kind.
    pub fields: Vec<(String, String)>,
    /// Of a translation, those that only the page has which it translates.
    pub rest: Vec<(String, String)>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// HTML.
    Html(String),
    /// The place of the field, relation, data kind, contents or lists of that name.
    Place(String),
    /// A component of the theme.
    Component(Component),
}

/// A component of the theme as a text uses it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its title; may be empty.
    pub title: String,
    /// Its `id`; may be empty.
    pub id: String,
    /// Its arguments.
    pub args: serde_json::Map<String, serde_json::Value>,
    /// What stands in it.
    pub pieces: Vec<Piece>,
}

/// What the body of a page is written from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The page.
    pub page: &'a Page,
    /// Its node, for where its links lead.
    pub node: &'a Node,
    /// The text, with everything in it that it includes.
    pub text: &'a str,
    /// Where it uses words of the glossary.
    pub uses: &'a [Span],
    /// Its kind.
    pub kind: &'a Kind,
    /// Of a translation, the page that it translates, with its node.
    pub translates: Option<(&'a Page, &'a Node)>,
}

/// Writes the body of a page.
pub fn of_page(source: Source, strings: &Strings, smart: bool, kit: &Kit) -> Body {
    let Source { page, node, text, uses, kind, translates } = source;
    let (own, rest) = node.targets.split_at((page.text_links as usize).min(node.targets.len()));
    let context = Context {
        targets: own,
        headings: &page.outline,
        has_html: page.has_html,
        skip_title: page.titled_by_heading,
        prefix: "",
        strings,
        words: (uses, &node.words),
        placed: &page.placed,
        typography: Typography::of(&node.text_lang, smart),
        kit,
    };
    let html = html::write(text, &context);
    // The list for raw HTML knows no drawings: those of the site come in after it has been at work.
    let html = if page.has_html { pictures::draw_all(&sanitise::clean(&html), kit.gallery) } else { html };
    let mut components = components(text, &page.placed, kit.components).into_iter();
    let pieces = cut(&mut html.as_str(), &mut components);
    let own = fields(&page.content, rest, kind, strings, "field_", context.typography, kit);
    let inherited = translates.map_or(Vec::new(), |(page, node)| {
        let targets = &node.targets[(page.text_links as usize).min(node.targets.len())..];
        let typography = Typography::of(&node.text_lang, smart);
        let mut all = fields(&page.content, targets, kind, strings, "source_", typography, kit);
        all.retain(|(name, _)| !own.iter().any(|(own, _)| own == name));
        all
    });
    Body { pieces, fields: own, rest: inherited }
}

/// Writes the fields of some content, the headed ones and those that a page may place.
pub fn fields(
    content: &Content,
    targets: &[Target],
    kind: &Kind,
    strings: &Strings,
    prefix: &str,
    typography: Typography,
    kit: &Kit,
) -> Vec<(String, String)> {
    let mut writer = FieldWriter { targets, used: 0, strings, prefix, proses: 0, typography, kit };
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

/// The components that a text uses, in their order, without what stands in them.
fn components(text: &str, placed: &[String], declared: &Components) -> Vec<Component> {
    if declared.is_empty() {
        return Vec::new();
    }
    let of_marker = |marker: &blocks::Marker| {
        let Action::Open { name, title, id, args, empty, .. } = &marker.action else { return None };
        let is_placed = |name: &str| placed.iter().any(|placed| placed == name);
        let own = declared.get(name).filter(|_| role(name, *empty, is_placed, declared) == Role::Component)?;
        let file = SitePath::from("");
        let entries =
            args.iter().map(|(key, value, span)| (Key { name: key.clone(), span: *span }, node(value, *span)));
        let map = yaml::Node { data: yaml::Data::Map(entries.collect()), span: marker.span };
        // What is wrong with them was told when the text was read.
        let values = Value::Record(Reader::new(&file).record(&map, &own.args));
        let value = |name: &String| values.get(name).map_or(serde_json::Value::Null, |value| value.into());
        Some(Component {
            name: name.clone(),
            title: title.clone(),
            id: id.clone().unwrap_or_default(),
            args: own.args.iter().map(|field| (field.name.clone(), value(&field.name))).collect(),
            pieces: Vec::new(),
        })
    };
    blocks::prepare(text).markers.iter().filter_map(of_marker).collect()
}

/// Cuts a text at its places, up to the end of the component that it stands in.
fn cut(rest: &mut &str, components: &mut impl Iterator<Item = Component>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let html = |text: &str| (!text.trim().is_empty()).then(|| Piece::Html(text.into()));
    while let Some((before, after)) = rest.split_once(PLACE[0]) {
        let (name, after) = after.split_once(PLACE[1]).unwrap_or(("", after));
        pieces.extend(html(before));
        *rest = after;
        if name.starts_with(CLOSES) {
            return pieces;
        }
        match name.starts_with(OPENS) {
            true => {
                let own = components.next().unwrap_or_default();
                let inner = cut(rest, components);
                pieces.push(Piece::Component(Component { pieces: inner, ..own }));
            }
            false => pieces.push(Piece::Place(name.into())),
        }
    }
    pieces.extend(html(rest));
    *rest = "";
    pieces
}
