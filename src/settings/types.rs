//! The types that a field can have: the language of schema.yaml's `fields`, which guide.yaml and
//! schema.yaml are themselves described in.

use serde::{Deserialize, Serialize};

/// What a field's value must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// One line or more of plain text.
    Text,
    /// Markdown.
    Prose,
    /// A number.
    Number,
    /// `true` or `false`, `yes` or `no`.
    Boolean,
    /// A day, `2026-11-20`.
    Date,
    /// One of these words.
    Choice(Vec<String>),
    /// An address beginning with `https:`, `http:`, `mailto:` or `tel:`.
    Url,
    /// A reference to a page, or to an entry of a data kind; of this kind, if one is named.
    Page(Option<String>),
    /// A reference to an entry of a data kind that is `citable`.
    Source,
    /// The path of a picture beside the page.
    Image,
    /// Any number of these. One value without the dash counts as a list of one.
    List(Box<Type>),
    /// Named values.
    Record(Vec<Field>),
    /// Any name, and a value of this type for each.
    Map(Box<Type>),
    /// Whatever YAML can say.
    Any,
}

/// A named field: its type and what is asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// What its value must be.
    pub kind: Type,
    /// Whether it must be there and not be empty.
    pub required: bool,
    /// The least value of a number, count of a list, or number of characters of a text.
    pub min: Option<f64>,
    /// The greatest, likewise.
    pub max: Option<f64>,
    /// The heading under which a page shows it. Without one a page does not show it.
    pub heading: Option<String>,
    /// Where a page shows it when the writer has not placed it: `top` or `end`.
    pub place: Option<String>,
    /// How it looks, a word for the theme: `steps`, `speech`, `warning`.
    pub style: Option<String>,
    /// What it is for, one sentence for the editor.
    pub help: String,
}

impl Field {
    /// An optional field without limits.
    pub fn new(name: &str, kind: Type, help: &str) -> Field {
        Field {
            name: name.into(),
            kind,
            required: false,
            min: None,
            max: None,
            heading: None,
            place: None,
            style: None,
            help: help.into(),
        }
    }

    /// The same field, required.
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }
}

impl Type {
    /// A list of this type.
    pub fn list(self) -> Type {
        Type::List(Box::new(self))
    }

    /// A map with values of this type.
    pub fn map(self) -> Type {
        Type::Map(Box::new(self))
    }

    /// What it must be, for a sentence that begins "It must be".
    pub fn describe(&self) -> String {
        match self {
            Type::Text => "text".into(),
            Type::Prose => "text, in Markdown".into(),
            Type::Number => "a number".into(),
            Type::Boolean => "yes or no".into(),
            Type::Date => "a date like 2026-11-20".into(),
            Type::Choice(options) => format!("one of {}", options.join(", ")),
            Type::Url => "an address that begins with https://, http://, mailto: or tel:".into(),
            Type::Page(None) => "the name of a page".into(),
            Type::Page(Some(kind)) => format!("the name of a {kind}"),
            Type::Source => "the code of a source".into(),
            Type::Image => "the file name of a picture".into(),
            Type::List(item) => match &**item {
                Type::Text | Type::Prose => "a list of texts, one after each dash".into(),
                Type::Record(_) => "a list of groups of keys".into(),
                other => format!("a list, each item {}", other.describe()),
            },
            Type::Record(fields) => {
                let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
                format!("a group of keys ({})", names.join(", "))
            }
            Type::Map(_) => "a group of names with a value each".into(),
            Type::Any => "any value".into(),
        }
    }
}
