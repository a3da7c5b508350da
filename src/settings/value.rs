//! A value that has been read with its type.

use super::types::Register;
use crate::base::date::Date;
use serde::{Deserialize, Serialize};

/// A typed value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Plain text; choices among them.
    Text(String),
    /// Markdown, as written.
    Prose(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// An address.
    Url(String),
    /// A reference to a page or entry, as written.
    Page(String),
    /// A reference to a source, as written.
    Source(String),
    /// A picture's path, as written.
    Image(String),
    /// The number of a publication in a public register.
    Registered(Register, String),
    /// A list.
    List(Vec<Value>),
    /// Named values, in the order of the type; a map's in the order written.
    Record(Vec<(String, Value)>),
    /// Nothing, where anything goes.
    Null,
}

impl Value {
    /// The text of any value that has one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text)
            | Value::Prose(text)
            | Value::Url(text)
            | Value::Page(text)
            | Value::Source(text)
            | Value::Image(text)
            | Value::Registered(_, text) => Some(text),
            _ => None,
        }
    }

    /// A record's value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A record's entries; none of anything else.
    pub fn entries(&self) -> &[(String, Value)] {
        match self {
            Value::Record(entries) => entries,
            _ => &[],
        }
    }

    /// A list's items; none of anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The texts of a list of texts.
    pub fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(|item| item.as_str().map(String::from)).collect()
    }

    /// The value of a yes-or-no field.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a number field.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a date field.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Value::Date(value) => Some(*value),
            _ => None,
        }
    }

    /// Calls `seen` for this value and every value in it.
    pub fn walk<'a>(&'a self, seen: &mut impl FnMut(&'a Value)) {
        seen(self);
        match self {
            Value::List(items) => items.iter().for_each(|item| item.walk(seen)),
            Value::Record(entries) => entries.iter().for_each(|(_, value)| value.walk(seen)),
            _ => {}
        }
    }
}

/// For the JSON that templates get of `extra` and other free values.
impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> serde_json::Value {
        use serde_json::Value as Json;
        match value {
            Value::Null => Json::Null,
            Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => (*n as i64).into(),
            Value::Number(n) => (*n).into(),
            Value::Boolean(b) => (*b).into(),
            Value::Date(date) => date.to_string().into(),
            Value::List(items) => Json::Array(items.iter().map(Json::from).collect()),
            Value::Record(entries) => Json::Object(entries.iter().map(|(k, v)| (k.clone(), Json::from(v))).collect()),
            other => other.as_str().unwrap_or_default().into(),
        }
    }
}
