//! theme.yaml: what a theme is made of, and the chain of themes that it inherits from.

use super::{
    read::Reader,
    types::{Field, Type},
    value::Value,
    yaml::Node,
};
use crate::base::{finding::Finding, path::SitePath};
use serde::{Deserialize, Serialize};

/// One theme.yaml.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ThemeFile {
    /// The theme that it builds on.
    pub inherits: Option<String>,
    /// Style sheets, joined in this order after those of the inherited theme.
    pub styles: Vec<String>,
    /// JavaScript modules.
    pub scripts: Vec<String>,
    /// Other files that pages use: fonts, pictures.
    pub files: Vec<String>,
}

/// The shape of theme.yaml.
pub fn shape() -> Vec<Field> {
    vec![
        Field::new("inherits", Type::Text, "The theme that this one builds on; else base."),
        Field::new("styles", Type::Text.list(), "Style sheets, in order."),
        Field::new("scripts", Type::Text.list(), "JavaScript modules."),
        Field::new("files", Type::Text.list(), "Other files that pages use."),
    ]
}

/// Reads a theme.yaml.
pub fn read(file: &SitePath, node: &Node) -> (ThemeFile, Vec<Finding>) {
    let mut reader = Reader::new(file);
    let values = Value::Record(reader.record(node, &shape()));
    let texts = |key: &str| values.get(key).map(Value::texts).unwrap_or_default();
    let theme = ThemeFile {
        inherits: values.get("inherits").and_then(Value::as_str).map(String::from),
        styles: texts("styles"),
        scripts: texts("scripts"),
        files: texts("files"),
    };
    (theme, reader.findings)
}
