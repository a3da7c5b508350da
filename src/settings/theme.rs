//! theme.yaml: what a theme is made of, and the chain of themes that it inherits from.

use super::{
    fields::read_field,
    read::Reader,
    types::{Field, Type},
    value::Value,
    yaml::Node,
};
use crate::base::{finding::Finding, path::SitePath, rules::Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// The blocks that it adds to those which every page may use.
    pub components: Components,
    /// How pictures are made ready, where this theme says so.
    pub pictures: Option<Pictures>,
    /// Which colours lie on which.
    pub contrast: Vec<Contrast>,
}

/// Tokens of colour that lie on others, and how far apart they must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// The tokens on top, without their hyphens.
    pub text: Vec<String>,
    /// Those below.
    pub on: Vec<String>,
    /// The least ratio of contrast, from 1 to 21.
    pub at_least: f64,
}

/// Components by name.
pub type Components = BTreeMap<String, Component>;

/// A block of a theme: `:::name Title {key=value}` … `:::`, laid out by the template
/// `components/<name>.html`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Whether it has a title.
    pub title: Wanted,
    /// What may stand between its curly brackets.
    pub args: Vec<Field>,
}

/// Whether something is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// It must be there.
    Required,
    /// It may be there.
    #[default]
    Optional,
    /// It must not be there.
    None,
}

/// How pictures are made ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    /// The widths in pixels that a picture is made in, ascending.
    pub widths: Vec<u32>,
    /// How wide a picture is shown: the value of `sizes` (HTML, section 4.8.4.2.1).
    pub sizes: String,
}

impl Default for Pictures {
    fn default() -> Self {
        Pictures { widths: vec![480, 800, 1200, 1600], sizes: "(min-width: 44rem) 40rem, 100vw".into() }
    }
}

const WANTED: [&str; 3] = ["required", "optional", "none"];

/// The shape of theme.yaml.
pub fn shape() -> Vec<Field> {
    vec![
        Field::new("inherits", Type::Text, "The theme that this one builds on; else base."),
        Field::new("styles", Type::Text.list(), "Style sheets, in order."),
        Field::new("scripts", Type::Text.list(), "JavaScript modules."),
        Field::new("files", Type::Text.list(), "Other files that pages use."),
        Field::new(
            "components",
            Type::Record(vec![
                Field::new("title", Type::Choice(WANTED.map(String::from).to_vec()), "Whether it has a title."),
                Field::new("args", Type::Any.map(), "Its arguments: a type, or a type with limits."),
            ])
            .map(),
            "Blocks that texts may use, each with a template components/<name>.html.",
        ),
        Field::new(
            "contrast",
            Type::Record(vec![
                Field::new("text", Type::Text.list(), "Tokens of colour, without their hyphens.").required(),
                Field::new("on", Type::Text.list(), "The tokens that they lie on.").required(),
                Field {
                    min: Some(1.0),
                    max: Some(21.0),
                    ..Field::new(
                        "at_least",
                        Type::Number,
                        "The least ratio: 7 for text, 4.5 for large text, 3 for lines.",
                    )
                }
                .required(),
            ])
            .list(),
            "Which colours lie on which; every pair is computed in each scheme.",
        ),
        Field::new(
            "pictures",
            Type::Record(vec![
                Field {
                    min: Some(1.0),
                    max: Some(12.0),
                    ..Field::new("widths", Type::Number.list(), "Widths in pixels.")
                },
                Field::new("sizes", Type::Text, "How wide a picture is shown, as in the attribute sizes of HTML."),
            ]),
            "How pictures are made ready.",
        ),
    ]
}

/// Reads a theme.yaml.
pub fn read(file: &SitePath, node: &Node) -> (ThemeFile, Vec<Finding>) {
    let mut reader = Reader::new(file);
    let values = Value::Record(reader.record(node, &shape()));
    let texts = |key: &str| values.get(key).map(Value::texts).unwrap_or_default();
    let mut components = Components::new();
    for (name, value) in values.get("components").map_or(&[][..], Value::entries) {
        let written = node.get("components").and_then(|all| all.get(name)).and_then(|own| own.get("args"));
        let args = written.map_or(&[][..], Node::entries).iter().filter_map(|(key, node)| {
            let field = read_field(&mut reader, key, node)?;
            let plain = matches!(field.kind, Type::Text | Type::Number | Type::Boolean | Type::Choice(_) | Type::Url);
            if !plain {
                let help = "An argument is text, number, boolean, choice or url.";
                reader.say(Rule::SCHEMA_INVALID, key.span, format!("\"{}\" cannot be an argument", key.name), help);
            }
            plain.then_some(field)
        });
        let args = args.collect();
        let title = match value.get("title").and_then(Value::as_str) {
            Some("required") => Wanted::Required,
            Some("none") => Wanted::None,
            _ => Wanted::Optional,
        };
        components.insert(name.clone(), Component { title, args });
    }
    let pictures = values.get("pictures").map(|value| {
        let usual = Pictures::default();
        let widths = value.get("widths").map_or(&[][..], Value::items).iter().filter_map(Value::as_number);
        let mut widths: Vec<u32> = widths.filter(|width| *width >= 16.0).map(|width| width as u32).collect();
        widths.sort_unstable();
        widths.dedup();
        Pictures {
            widths: if widths.is_empty() { usual.widths } else { widths },
            sizes: value.get("sizes").and_then(Value::as_str).map_or(usual.sizes, String::from),
        }
    });
    let contrast = values.get("contrast").map_or(&[][..], Value::items).iter().filter_map(|pair| {
        let texts = |key: &str| pair.get(key).map(Value::texts).unwrap_or_default();
        Some(Contrast { text: texts("text"), on: texts("on"), at_least: pair.get("at_least")?.as_number()? })
    });
    let theme = ThemeFile {
        contrast: contrast.collect(),
        components,
        pictures,
        inherits: values.get("inherits").and_then(Value::as_str).map(String::from),
        styles: texts("styles"),
        scripts: texts("scripts"),
        files: texts("files"),
    };
    (theme, reader.findings)
}
