//! Queries: the list of pages that a page, or a kind, asks for. Resolve answers them, so that a
//! template never has to look through the guide.

use super::{
    types::{Field, Type},
    value::Value,
};
use crate::base::span::Span;
use serde::{Deserialize, Serialize};

/// A list that is asked for: `{ kind: article, where: { topics: money }, order: weight }`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The heading of the list; may be empty.
    pub title: String,
    /// The kinds of page; none means every kind.
    pub kinds: Vec<String>,
    /// The section that the pages lie below, as a reference.
    pub under: Option<String>,
    /// What each page must say: a field, a taxonomy, a relation or a common key, and the values of
    /// which it must have one.
    pub conditions: Vec<(String, Vec<String>)>,
    /// The key to sort by; with a hyphen before it from the greatest down. Else weight and title.
    pub order: Option<String>,
    /// The key to group by.
    pub group_by: Option<String>,
    /// The greatest number of pages.
    pub limit: Option<u32>,
    /// What it shows of each page: fields, relations and taxonomies.
    pub show: Vec<String>,
    /// How it looks: one of [`LOOKS`].
    pub look: String,
    /// The headings of a worksheet's empty columns.
    pub columns: Vec<String>,
    /// Where schema.yaml writes it; a page's own is looked up by its number.
    pub span: Option<Span>,
}

/// How a list may look: links with summaries and what is shown of each page; a table with a row for
/// each page; boxes to tick; statements, each of which leads to the page that makes it; a worksheet with a
/// row for each thing that the pages ask, and empty columns to fill in.
pub const LOOKS: [&str; 5] = ["links", "table", "checklist", "statements", "worksheet"];

/// The shape of a query, as pages and schema.yaml write it.
pub fn shape() -> Vec<Field> {
    vec![
        Field::new("title", Type::Text, "The heading of the list."),
        Field::new("kind", Type::Text.list(), "The kind or kinds of page."),
        Field::new("under", Type::Text, "The section that the pages lie below."),
        Field::new("where", Type::Text.list().map(), "A key and the values of which a page must have one."),
        Field::new("order", Type::Text, "The key to sort by; -key sorts from the greatest down."),
        Field::new("group_by", Type::Text, "The key to group by."),
        limit(),
        Field::new("show", Type::Text.list(), "The fields, relations and taxonomies that it shows of each page."),
        Field::new("as", Type::Choice(LOOKS.map(String::from).to_vec()), "How it looks."),
        Field::new("columns", Type::Text.list(), "The headings of the empty columns of a worksheet."),
    ]
}

fn limit() -> Field {
    Field { min: Some(1.0), ..Field::new("limit", Type::Number, "The greatest number of pages.") }
}

/// A map that is asked for: `{ relation: helped_by }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapQuery {
    /// Its heading; may be empty.
    pub title: String,
    /// The name of the relation, from the end that stands first.
    pub relation: String,
}

/// The shape of a map, as pages write it.
pub fn map_shape() -> Vec<Field> {
    vec![
        Field::new("title", Type::Text, "The heading of the map."),
        Field::new("relation", Type::Text, "The relation, by its name at the end that stands first.").required(),
    ]
}

impl MapQuery {
    /// Takes a map that was read with [`map_shape`].
    pub fn of(value: &Value) -> MapQuery {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        MapQuery { title: text("title"), relation: text("relation") }
    }
}

impl Query {
    /// Takes a query that was read with [`shape`].
    pub fn of(value: &Value) -> Query {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(String::from);
        let conditions = value.get("where").map_or(&[][..], Value::entries);
        Query {
            title: text("title").unwrap_or_default(),
            kinds: value.get("kind").map(Value::texts).unwrap_or_default(),
            under: text("under"),
            conditions: conditions.iter().map(|(key, values)| (key.clone(), values.texts())).collect(),
            order: text("order"),
            group_by: text("group_by"),
            limit: value.get("limit").and_then(Value::as_number).map(|limit| limit.max(1.0) as u32),
            show: value.get("show").map(Value::texts).unwrap_or_default(),
            look: text("as").unwrap_or_else(|| LOOKS[0].into()),
            columns: value.get("columns").map(Value::texts).unwrap_or_default(),
            span: None,
        }
    }
}
