//! Reading a YAML tree with a type: the one place where keys are compared, types checked and
//! "did you mean" is said, for settings, schema, data and front matter alike.

use super::{
    types::{Field, Type},
    value::Value,
    yaml::{Data, Key, Node},
};
use crate::base::{
    finding::{Finding, Place},
    near::{did_you_mean, nearest},
    path::SitePath,
    phone,
    rules::Rule,
    span::Span,
};

/// Reads values of one file and collects what is wrong with them.
pub struct Reader<'a> {
    /// The file that is read.
    pub file: &'a SitePath,
    /// What was found so far.
    pub findings: Vec<Finding>,
    /// Where each text that may refer to something was written (prose, pages, sources, images),
    /// in the order in which [`Value::walk`] meets them.
    pub leaves: Vec<Leaf>,
}

/// A text that may refer to something.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Where it is written.
    pub span: Span,
    /// The kind that it must lead to, where its field says so.
    pub wanted: Option<String>,
}

impl<'a> Reader<'a> {
    /// A reader of `file` that has found nothing yet.
    pub fn new(file: &'a SitePath) -> Self {
        Reader { file, findings: Vec::new(), leaves: Vec::new() }
    }

    /// Adds a finding at some bytes of the file.
    pub fn say(&mut self, rule: Rule, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::new(rule, Place::span(self.file, span), message, help));
    }

    /// Reads the entries of a map as a record. Unknown and repeated keys are found; what cannot
    /// be read is left out.
    pub fn record(&mut self, node: &Node, fields: &[Field]) -> Vec<(String, Value)> {
        self.record_beside(node, fields, None)
    }

    /// As [`Reader::record`], for a map in which the key `beside` is somebody else's to read.
    pub fn record_beside(&mut self, node: &Node, fields: &[Field], beside: Option<&str>) -> Vec<(String, Value)> {
        let Data::Map(entries) = &node.data else {
            let shape = Type::Record(fields.to_vec());
            self.wrong_type(node, "This", &shape);
            return Vec::new();
        };
        self.repeated(entries);
        let mut values = Vec::new();
        for (key, value) in entries {
            match fields.iter().find(|field| field.name == key.name) {
                _ if Some(key.name.as_str()) == beside => {}
                // Of a repeated key the first counts, and only the first is read.
                Some(_) if values.iter().any(|(name, _)| *name == key.name) => {}
                Some(field) => {
                    if let Some(value) = self.field(key, value, field) {
                        values.push((key.name.clone(), value));
                    }
                }
                // `{ why: Styles differ, and so on }`: what follows the comma reads as a key.
                None if value.data == Data::Null && key.name.contains(' ') => {
                    let message = format!("\"{}\" reads as a key and not as text", key.name);
                    let help =
                        "Between { and } a comma begins a new key. Put the text with the comma between double quotes.";
                    self.say(Rule::FIELDS_UNKNOWN, key.span, message, help);
                }
                None => self.unknown(key, fields.iter().map(|f| f.name.as_str()).chain(beside), ""),
            }
        }
        let is_known = |key: &str| fields.iter().any(|field| field.name == key);
        for field in fields.iter().filter(|field| field.required) {
            self.required(field, &values, entries, node.span, &is_known);
        }
        values
    }

    /// Finds keys that are written twice; the first counts.
    pub fn repeated(&mut self, entries: &[(Key, Node)]) {
        for (i, (key, _)) in entries.iter().enumerate() {
            if entries[..i].iter().any(|(earlier, _)| earlier.name == key.name) {
                self.say(
                    Rule::FIELDS_TWICE,
                    key.span,
                    format!("\"{}\" is written twice", key.name),
                    "Keep one of the two and remove the other; until then the first one counts.",
                );
            }
        }
    }

    /// Says that a key is not known. `otherwise` is the remedy when no known key is near.
    pub fn unknown<'k>(&mut self, key: &Key, known: impl IntoIterator<Item = &'k str>, otherwise: &str) {
        let mut known: Vec<&str> = known.into_iter().collect();
        known.sort_unstable();
        let help = did_you_mean(&key.name, known.iter().copied(), || {
            if otherwise.is_empty() { format!("Known here: {}.", known.join(", ")) } else { otherwise.into() }
        });
        self.say(Rule::FIELDS_UNKNOWN, key.span, format!("nothing reads the key \"{}\"", key.name), help);
    }

    /// Says that a required field is missing, if it is. `entries` tell a field that is there but
    /// empty, or could not be read and has its finding already; `is_known` tells a key that is
    /// meant from one that is this field's name misspelt, which has its finding too.
    pub fn required(
        &mut self,
        field: &Field,
        values: &[(String, Value)],
        entries: &[(Key, Node)],
        span: Span,
        is_known: &dyn Fn(&str) -> bool,
    ) {
        let misspelt = |key: &str| !is_known(key) && nearest(key, [field.name.as_str()]).is_some();
        if entries.iter().any(|(key, _)| misspelt(&key.name)) {
            return;
        }
        let value = values.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
        let empty = match value {
            Some(Value::List(items)) => {
                items.iter().all(|item| item.as_str().is_some_and(|text| text.trim().is_empty()))
            }
            Some(other) => other.as_str().is_some_and(|text| text.trim().is_empty()),
            None => true,
        };
        let written = entries.iter().find(|(key, _)| key.name == field.name);
        match written {
            Some((key, node)) if empty && (value.is_some() || node.data == Data::Null) => self.say(
                Rule::FIELDS_MISSING,
                key.span,
                format!("\"{}\" is empty", field.name),
                format!("Write something after it. It must be {}.", field.kind.describe()),
            ),
            None => self.say(
                Rule::FIELDS_MISSING,
                span,
                format!("\"{}\" is missing", field.name),
                format!("Add a line \"{}: …\". It must be {}.", field.name, field.kind.describe()),
            ),
            _ => {}
        }
    }

    /// Reads the value of one field and checks its limits.
    pub fn field(&mut self, key: &Key, node: &Node, field: &Field) -> Option<Value> {
        if node.data == Data::Null && field.kind != Type::Any {
            return None;
        }
        let value = self.value(node, &field.kind, &key.name)?;
        let (size, what) = match &value {
            Value::Number(n) => (*n, ""),
            Value::List(items) => (items.len() as f64, if items.len() == 1 { " item" } else { " items" }),
            Value::Text(text) | Value::Prose(text) => {
                (text.chars().count() as f64, if text.chars().count() == 1 { " character" } else { " characters" })
            }
            _ => return Some(value),
        };
        let span = if matches!(value, Value::List(_)) { key.span } else { node.span };
        let mut limit = |bound: Option<f64>, broken: bool, words: &str| {
            if let (Some(bound), true) = (bound, broken) {
                let (message, help) = match what {
                    "" => (format!("\"{}\" is {size}", key.name), format!("It must be at {words} {bound}.")),
                    _ => (format!("\"{}\" has {size}{what}", key.name), format!("It must have at {words} {bound}.")),
                };
                self.say(Rule::FIELDS_VALUE, span, message, help);
            }
        };
        limit(field.min, field.min.is_some_and(|min| size < min), "least");
        limit(field.max, field.max.is_some_and(|max| size > max), "most");
        Some(value)
    }

    /// Reads one value; `name` is what a message calls it.
    pub fn value(&mut self, node: &Node, kind: &Type, name: &str) -> Option<Value> {
        let quoted = format!("\"{name}\"");
        match kind {
            Type::Text | Type::Prose | Type::Page(_) | Type::Source | Type::Image => {
                let Some(text) = node.text().map(String::from) else {
                    return self.wrong_type(node, &quoted, kind);
                };
                if *kind != Type::Text {
                    let wanted = if let Type::Page(wanted) = kind { wanted.clone() } else { None };
                    self.leaves.push(Leaf { span: node.span, wanted });
                }
                Some(match kind {
                    Type::Text => Value::Text(text),
                    Type::Prose => Value::Prose(text),
                    Type::Page(_) => Value::Page(text),
                    Type::Source => Value::Source(text),
                    _ => Value::Image(text),
                })
            }
            Type::Number => match node.data {
                Data::Number(n, _) if n.is_finite() => Some(Value::Number(n)),
                _ => self.wrong_type(node, &quoted, kind),
            },
            Type::Boolean => match node.text() {
                Some("true" | "yes") => Some(Value::Boolean(true)),
                Some("false" | "no") => Some(Value::Boolean(false)),
                _ => self.wrong_type(node, &quoted, kind),
            },
            Type::Date => {
                let Some(text) = node.text() else {
                    return self.wrong_type(node, &quoted, kind);
                };
                match text.parse() {
                    Ok(date) => Some(Value::Date(date)),
                    Err(why) => {
                        let message = format!("{quoted} is not a date: {why}");
                        self.say(Rule::FIELDS_DATE, node.span, message, "Write a day like 2026-11-20.");
                        None
                    }
                }
            }
            Type::Choice(options) => match node.text() {
                Some(text) if options.iter().any(|option| option == text) => Some(Value::Text(text.into())),
                Some(text) => {
                    let help = did_you_mean(text, options.iter().map(String::as_str), || {
                        format!("It must be {}.", kind.describe())
                    });
                    self.say(Rule::FIELDS_VALUE, node.span, format!("{quoted} cannot be \"{text}\""), help);
                    None
                }
                None => self.wrong_type(node, &quoted, kind),
            },
            Type::Url => match node.text() {
                Some(text) if is_url(text) => Some(Value::Url(text.into())),
                Some(text) => {
                    let message = format!("{quoted} is not an address: \"{text}\"");
                    self.say(Rule::FIELDS_VALUE, node.span, message, format!("It must be {}.", kind.describe()));
                    None
                }
                None => self.wrong_type(node, &quoted, kind),
            },
            Type::Line(_) => match node.text() {
                Some(text) if !phone::numbers(text).is_empty() => Some(Value::Text(text.into())),
                Some(text) => {
                    let message = format!("{quoted} has no number in it: \"{text}\"");
                    self.say(Rule::FIELDS_VALUE, node.span, message, format!("It must be {}.", kind.describe()));
                    None
                }
                None => self.wrong_type(node, &quoted, kind),
            },
            Type::Registered(register) => match node.text() {
                Some(text) if register.has_form_of(text) => Some(Value::Registered(*register, text.into())),
                Some(text) => {
                    let message = format!("{quoted} cannot be \"{text}\"");
                    self.say(Rule::FIELDS_VALUE, node.span, message, format!("It must be {}.", kind.describe()));
                    None
                }
                None => self.wrong_type(node, &quoted, kind),
            },
            Type::List(item) => match &node.data {
                Data::List(nodes) => {
                    Some(Value::List(nodes.iter().filter_map(|node| self.value(node, item, name)).collect()))
                }
                Data::Null => Some(Value::List(Vec::new())),
                _ => Some(Value::List(vec![self.value(node, item, name)?])),
            },
            Type::Record(fields) => match &node.data {
                Data::Map(_) => Some(Value::Record(self.record(node, fields))),
                _ => self.wrong_type(node, &quoted, kind),
            },
            Type::Map(item) => match &node.data {
                Data::Map(entries) => {
                    self.repeated(entries);
                    let read = |(key, node): &(Key, Node)| {
                        self.value(node, item, &key.name).map(|value| (key.name.clone(), value))
                    };
                    Some(Value::Record(entries.iter().filter_map(read).collect()))
                }
                Data::Null => Some(Value::Record(Vec::new())),
                _ => self.wrong_type(node, &quoted, kind),
            },
            Type::Any => Some(any(node)),
        }
    }

    fn wrong_type(&mut self, node: &Node, what: &str, kind: &Type) -> Option<Value> {
        let message = format!("{what} is {}", node.describe());
        let mut help = format!("It must be {}.", kind.describe());
        if matches!((&node.data, kind), (Data::Map(_), Type::Text | Type::Prose)) {
            help.push_str(" If the text itself has a colon in it, put the whole text between double quotes.");
        }
        self.say(Rule::FIELDS_TYPE, node.span, message, help);
        None
    }
}

/// Whether a text is an address that a field of type `url` may hold.
pub fn is_url(text: &str) -> bool {
    let rest = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty()) && !text.contains(char::is_whitespace)
}

fn any(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(value) => Value::Boolean(*value),
        Data::Number(value, _) => Value::Number(*value),
        Data::Text(text) => Value::Text(text.clone()),
        Data::List(items) => Value::List(items.iter().map(any).collect()),
        Data::Map(entries) => Value::Record(entries.iter().map(|(key, node)| (key.name.clone(), any(node))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::yaml;

    fn read(text: &str, fields: &[Field]) -> (Vec<(String, Value)>, Vec<String>) {
        let file = SitePath::from("x.yaml");
        let mut reader = Reader::new(&file);
        let values = reader.record(&yaml::parse(text, 0).unwrap(), fields);
        let said = reader.findings.iter().map(|f| format!("{}: {} {}", f.rule.code(), f.message, f.help));
        (values, said.collect())
    }

    #[test]
    fn an_unknown_key_names_the_one_that_was_meant() {
        let fields = [Field::new("title", Type::Text, ""), Field::new("summary", Type::Text, "")];
        let (_, said) = read("titel: A", &fields);
        assert_eq!(said, ["fields/unknown: nothing reads the key \"titel\" Did you mean \"title\"?"]);
    }

    #[test]
    fn one_value_counts_as_a_list_of_one() {
        let fields = [Field::new("signs", Type::Text.list(), "")];
        let (values, said) = read("signs: only this", &fields);
        assert_eq!(values[0].1.texts(), ["only this"]);
        assert!(said.is_empty());
    }

    #[test]
    fn a_text_with_a_colon_is_told_to_be_quoted() {
        let fields = [Field::new("says", Type::Text.list(), "")];
        let (_, said) = read("says:\n  - first: second\n", &fields);
        assert!(said[0].contains("double quotes"), "{said:?}");
    }

    #[test]
    fn a_number_where_text_belongs_is_taken_as_written() {
        let (values, _) = read("title: 1984", &[Field::new("title", Type::Text, "")]);
        assert_eq!(values[0].1, Value::Text("1984".into()));
    }
}
