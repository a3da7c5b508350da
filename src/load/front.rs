//! Front matter and data entries: YAML read with the fields and relations of a kind.

use super::{
    content::{Content, Link, WrittenEdge},
    markdown::LinkKind,
    outline::{self, Dialect},
};
use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    settings::{
        common::{COMMON_KEYS, REFERRING},
        read::{Leaf, Reader},
        relation::Relation,
        schema::{Kind, Schema},
        types::Field,
        value::Value,
        yaml::{Data, Key, Node},
    },
};

/// What a map of keys said.
#[derive(Debug, Default)]
pub struct Front {
    /// The values of the given extra keys (the common ones and the taxonomies).
    pub common: Vec<(String, Value)>,
    /// Fields, relations and references.
    pub content: Content,
    /// Where each link of the content is written.
    pub links: Vec<Span>,
    /// Where each relation is written.
    pub edges: Vec<Span>,
    /// Where each key's value is written.
    pub fields: Vec<(String, Span)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Common keys whose items are told of one by one.
const TOLD_BY_ITEM: [&str; 4] = ["list", "map", "aliases", "searches"];

/// Whether a field is a taxonomy: a common key that the program does not know by name.
fn is_taxonomy(field: &Field, name: &str) -> bool {
    field.name == name && !COMMON_KEYS.contains(&name)
}

/// Reads the keys of a page or entry of `kind`: `common` ones, the fields of the kind, and its
/// relations. `text` is the whole file.
///
/// With `doubtful`, keys that nobody knows are left alone: the kind, or the schema, has a fault that
/// is reported already.
pub fn read(
    file: &SitePath,
    text: &str,
    node: &Node,
    schema: &Schema,
    kind: &Kind,
    common: &[&Field],
    doubtful: bool,
) -> Front {
    let mut front = Front::default();
    let mut reader = Reader::new(file);
    let mut edges = Reader::new(file);
    let mut values: Vec<(String, Value)> = Vec::new();
    reader.repeated(node.entries());
    for (i, (key, value)) in node.entries().iter().enumerate() {
        if node.entries()[..i].iter().any(|(earlier, _)| earlier.name == key.name) {
            continue;
        }
        front.fields.push((key.name.clone(), if value.data == Data::Null { key.span } else { value.span }));
        // What is found in one item of a list is told at that item.
        if common.iter().any(|field| {
            field.name == key.name && TOLD_BY_ITEM.contains(&&*field.name) || is_taxonomy(field, &key.name)
        }) {
            let items = value.items().into_iter().enumerate();
            front.fields.extend(items.map(|(i, item)| (format!("{}.{i}", key.name), item.span)));
        }
        // A common key that the kind insists on stands among its fields without a type of its own.
        let own = kind.fields.iter().find(|field| field.name == key.name);
        let field = common.iter().copied().find(|field| field.name == key.name).or(own);
        if let Some(field) = field {
            if let Some(value) = reader.field(key, value, field) {
                values.push((key.name.clone(), value));
            }
        } else if let Some((number, relation, inverse)) = schema.relation(&key.name, &kind.name) {
            read_edges(&mut edges, &mut front, key, value, (number, relation, inverse));
        } else if !doubtful {
            let known = common.iter().map(|field| field.name.as_str());
            let known = known.chain(kind.fields.iter().map(|field| field.name.as_str()));
            let known = known.chain(schema.relation_keys(&kind.name));
            let otherwise = if schema.declared {
                format!("Remove it, or declare \"{}\" for the kind \"{}\" in schema.yaml.", key.name, kind.name)
            } else {
                "Remove it, or put values of your own under \"extra:\".".into()
            };
            reader.unknown(key, known, &otherwise);
        }
    }
    let is_known = |key: &str| {
        common.iter().any(|field| field.name == key)
            || kind.fields.iter().any(|field| field.name == key)
            || schema.relation(key, &kind.name).is_some()
    };
    for field in kind.fields.iter().filter(|field| field.required) {
        let asked = common.iter().copied().find(|common| common.name == field.name).unwrap_or(field);
        reader.required(asked, &values, node.entries(), node.span, &is_known);
    }
    let is_common = |name: &str| common.iter().any(|field| field.name == name);
    for (name, value) in values {
        // References are kept with the fields, so that they are checked like all others.
        match is_common(&name) && !REFERRING.contains(&name.as_str()) {
            true => front.common.push((name, value)),
            false => front.content.fields.push((name, value)),
        }
    }
    front.findings = reader.findings;
    front.findings.append(&mut edges.findings);
    collect_links(&mut front, file, text, &reader.leaves, &edges.leaves);
    front
}

fn read_edges(reader: &mut Reader, front: &mut Front, key: &Key, node: &Node, found: (usize, &Relation, bool)) {
    let (number, relation, inverse) = found;
    for item in node.items() {
        let edge =
            |to: &str, data| WrittenEdge { relation: number as u32, inverse, to: to.trim().into(), data, links: 0 };
        match &item.data {
            Data::Map(entries) => {
                let Some(to) = item.get("to").and_then(|to| Some((to, to.text()?))) else {
                    let span = entries.first().map_or(item.span, |(key, _)| key.span);
                    let message = format!("an entry of \"{}\" does not say where it leads", key.name);
                    reader.say(Rule::FIELDS_MISSING, span, message, "Add \"to:\" with the name of the page.");
                    continue;
                };
                let data = reader.record_beside(item, &relation.data, Some("to"));
                front.edges.push(to.0.span);
                front.content.edges.push(edge(to.1, data));
            }
            _ => match item.text() {
                Some(to) => {
                    for field in relation.data.iter().filter(|field| field.required) {
                        let message = format!("\"{}: {to}\" needs a {}", key.name, field.name);
                        let help = format!("Write it as {{ to: {to}, {}: … }}.", field.name);
                        reader.say(Rule::FIELDS_MISSING, item.span, message, help);
                    }
                    front.edges.push(item.span);
                    front.content.edges.push(edge(to, Vec::new()));
                }
                None => {
                    let message = format!("\"{}\" is {}", key.name, item.describe());
                    let help = "It must be a list of names of pages, or of { to: name, … }.";
                    reader.say(Rule::FIELDS_TYPE, item.span, message, help);
                }
            },
        }
    }
}

/// Lists every reference in the fields and relations, in the order in which a walk meets them.
fn collect_links(front: &mut Front, file: &SitePath, text: &str, fields: &[Leaf], edges: &[Leaf]) {
    let mut findings = Vec::new();
    let mut links: Vec<(Link, Span)> = Vec::new();
    let mut leaves = fields.iter().chain(edges);
    let mut take = |value: &Value| {
        let kind = match value {
            Value::Prose(prose) => {
                let leaf = leaves.next().map_or(Span::default(), |leaf| leaf.span);
                // Where the prose stands in the file just as it reads, a link has its own bytes.
                let start = text[leaf.within(text)].find(prose.as_str()).map(|at| leaf.start as usize + at);
                let at = |span: Span| start.map_or(leaf, |start| span.moved(start));
                let outline = outline::read(prose, Dialect::of_fields());
                links.extend(outline.links.into_iter().map(|(link, span)| (link, at(span))));
                for (rule, span, message, help) in outline.troubles {
                    // A field does not know the level of the heading that it stands under.
                    if rule != Rule::HEADINGS_SKIPPED {
                        findings.push(Finding::new(rule, Place::span(file, at(span)), message, help));
                    }
                }
                return links.len();
            }
            Value::Page(_) => LinkKind::Reference,
            Value::Source(_) => LinkKind::Source,
            Value::Image(_) => LinkKind::Image,
            _ => return links.len(),
        };
        let leaf = leaves.next();
        let span = leaf.map_or(Span::default(), |leaf| leaf.span);
        let wanted = leaf.and_then(|leaf| leaf.wanted.clone());
        let mut target = value.as_str().unwrap_or_default().trim();
        if kind == LinkKind::Image {
            let (alt, path) = image(target);
            target = path;
            if alt.is_empty() {
                let help = format!("Write it as \"![what it shows]({path})\".");
                let message = "this picture has no description";
                findings.push(Finding::new(Rule::IMAGES_ALT, Place::span(file, span), message, help));
            }
        }
        links.push((Link { kind, target: target.into(), wanted }, span));
        links.len()
    };
    let mut count = 0;
    for (_, value) in &front.content.fields {
        value.walk(&mut |value| count = take(value));
    }
    for edge in &mut front.content.edges {
        let before = count;
        for (_, value) in &edge.data {
            value.walk(&mut |value| count = take(value));
        }
        edge.links = (count - before) as u32;
    }
    (front.content.links, front.links) = links.into_iter().unzip();
    front.findings.append(&mut findings);
}

/// The description and the path of a picture in a field: `![words](path)`, or just the path.
pub fn image(value: &str) -> (&str, &str) {
    let parts = value.strip_prefix("![").and_then(|rest| rest.strip_suffix(')')).and_then(|rest| rest.split_once("]("));
    parts.unwrap_or(("", value))
}
