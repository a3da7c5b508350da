//! What a kind of page asks of its texts: how hard they may be to read, how long, and what must stand
//! in them.

use super::{
    types::{Field, Type},
    value::Value,
    yaml::Node,
};
use crate::base::span::Span;
use serde::{Deserialize, Serialize};

/// How hard to read and how long the pages of a kind may be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The highest grade of Flesch and Kincaid that a page may have. English only.
    pub grade: Option<f64>,
    /// The highest grade that all pages of the kind may have on average. English only.
    pub mean_grade: Option<f64>,
    /// The greatest number of words in a sentence. English only.
    pub sentence: Option<f64>,
    /// The greatest number of words that the sentences of a page may have on average. English only.
    pub mean_sentence: Option<f64>,
    /// The least number of words.
    pub min_words: Option<f64>,
    /// The greatest.
    pub max_words: Option<f64>,
    /// Where schema.yaml writes it.
    pub span: Span,
}

/// Something that the pages of a kind must have in their text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The `id` of a heading or block, or the name of the field or relation that the text places.
    pub name: String,
    /// The pages that must have it, as references; none means all pages of the kind.
    pub on: Vec<String>,
    /// Where schema.yaml writes it.
    pub span: Span,
}

/// The shape of `reading`.
pub fn reading_shape() -> Vec<Field> {
    let limit = |name: &str, help: &str| Field { min: Some(0.0), ..Field::new(name, Type::Number, help) };
    vec![
        limit("grade", "The highest Flesch–Kincaid grade of a page, in English."),
        limit("mean_grade", "The highest grade of all pages of the kind on average."),
        limit("sentence", "The greatest number of words in a sentence, in English."),
        limit("mean_sentence", "The greatest number of words in the sentences of a page on average."),
        limit("min_words", "The least number of words of a page."),
        limit("max_words", "The greatest."),
    ]
}

/// The shape of an item of `sections`.
pub fn section_shape() -> Vec<Field> {
    vec![
        Field::new("name", Type::Text, "The id of a heading or block, or the name of a placed field or relation.")
            .required(),
        Field::new("on", Type::Text.list(), "The pages that must have it; else all of the kind."),
    ]
}

impl Reading {
    /// Takes limits that were read with [`reading_shape`].
    pub fn of(value: &Value, span: Span) -> Reading {
        let number = |key: &str| value.get(key).and_then(Value::as_number);
        Reading {
            grade: number("grade"),
            mean_grade: number("mean_grade"),
            sentence: number("sentence"),
            mean_sentence: number("mean_sentence"),
            min_words: number("min_words"),
            max_words: number("max_words"),
            span,
        }
    }
}

impl Section {
    /// Takes an item that was read with [`section_shape`].
    pub fn of(value: &Value, written: Option<&Node>) -> Option<Section> {
        let name = value.get("name").and_then(Value::as_str)?.to_string();
        let on = value.get("on").map(Value::texts).unwrap_or_default();
        Some(Section { name, on, span: written.map_or(Span::default(), |node| node.span) })
    }
}
