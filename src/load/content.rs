//! What a page or a data entry says, typed.

use super::markdown::LinkKind;
use crate::settings::value::Value;
use serde::{Deserialize, Serialize};

/// The fields, relations and links of a page or an entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The fields of its kind that could be read, in the order written.
    pub fields: Vec<(String, Value)>,
    /// The relations, in the order written.
    pub edges: Vec<WrittenEdge>,
    /// The links: of the text first, then of the fields, then of the relations' data, each in the
    /// order in which they are met.
    pub links: Vec<Link>,
}

/// A relation as it stands on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenEdge {
    /// The relation's number in the schema.
    pub relation: u32,
    /// Whether it is written from the far end.
    pub inverse: bool,
    /// The other end, as written.
    pub to: String,
    /// What stands on the relation itself.
    pub data: Vec<(String, Value)>,
    /// How many of the content's links are in that data.
    pub links: u32,
}

/// A link or reference of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// What it is by its form.
    pub kind: LinkKind,
    /// Where it leads, as written.
    pub target: String,
    /// The kind that the far end must be of, where a field says so.
    pub wanted: Option<String>,
}

/// A heading of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// 2 to 6: level 1 is the title of the page.
    pub level: u8,
    /// Its `id`, unique in the page.
    pub id: String,
    /// Its words, without markup.
    pub text: String,
}

impl Content {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}
