//! Declarations of fields, as schema.yaml and theme.yaml write them: a type, or a type with limits.

use super::{
    read::Reader,
    types::{Field, Line, Register, Type},
    value::Value,
    yaml::{Key, Node},
};
use crate::base::{near::did_you_mean, rules::Rule};

/// The shape of one field declaration.
pub fn field_shape() -> Vec<Field> {
    vec![
        Field::new(
            "type",
            Type::Text,
            "text, prose, number, boolean, date, choice, url, phone, sms, page, source, image, doi, pmid, pmcid, record, or `list of` one of these.",
        )
        .required(),
        Field::new("options", Type::Text.list(), "The words of a choice."),
        Field::new("kind", Type::Text, "The kind of page that a reference must lead to."),
        Field::new("required", Type::Boolean, "Whether it must be filled."),
        Field::new("min", Type::Number, "The least number, count or length."),
        Field::new("max", Type::Number, "The greatest."),
        Field::new("heading", Type::Text, "The heading under which a page shows it."),
        Field::new(
            "place",
            Type::Choice(vec!["top".into(), "end".into(), "lists".into()]),
            "Where a page shows it when the writer has not placed it; lists: only lists show it.",
        ),
        Field::new("style", Type::Text, "How it looks, a word for the theme."),
        Field::new("help", Type::Text, "What it is for, for the editor."),
        Field::new("fields", Type::Any.map(), "The fields of a record."),
    ]
}

/// Reads one field: `name: type`, or a map with a type and limits.
pub fn read_field(reader: &mut Reader, key: &Key, node: &Node) -> Option<Field> {
    if let Some(text) = node.text() {
        let kind = read_type(reader, node, text, &[], None, Vec::new())?;
        return Some(Field::new(&key.name, kind, ""));
    }
    let values = Value::Record(reader.record(node, &field_shape()));
    let text = |name: &str| values.get(name).and_then(Value::as_str).map(String::from);
    let number = |name: &str| values.get(name).and_then(Value::as_number);
    let mut inner = Vec::new();
    for (key, node) in node.get("fields").map_or(&[][..], Node::entries) {
        inner.extend(read_field(reader, key, node));
    }
    let type_node = node.get("type")?;
    let options = values.get("options").map(Value::texts).unwrap_or_default();
    let kind = read_type(reader, type_node, &text("type")?, &options, text("kind"), inner)?;
    Some(Field {
        required: values.get("required").and_then(Value::as_bool).unwrap_or(false),
        min: number("min"),
        max: number("max"),
        heading: text("heading"),
        place: text("place"),
        style: text("style"),
        ..Field::new(&key.name, kind, &text("help").unwrap_or_default())
    })
}

fn read_type(
    reader: &mut Reader,
    node: &Node,
    text: &str,
    options: &[String],
    kind: Option<String>,
    fields: Vec<Field>,
) -> Option<Type> {
    const NAMES: [&str; 17] = [
        "text", "prose", "number", "boolean", "date", "choice", "url", "phone", "sms", "page", "source", "image",
        "doi", "pmid", "pmcid", "record", "any",
    ];
    if let Some(item) = text.strip_prefix("list of ") {
        return read_type(reader, node, item.trim(), options, kind, fields).map(Type::list);
    }
    let found = match text {
        "text" => Type::Text,
        "prose" => Type::Prose,
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        "date" => Type::Date,
        "phone" => Type::Line(Line::Phone),
        "sms" => Type::Line(Line::Sms),
        "choice" if options.is_empty() => {
            let help = "Add a line \"options: [first, second]\".";
            reader.say(Rule::SCHEMA_INVALID, node.span, "a choice has no options", help);
            return None;
        }
        "choice" => Type::Choice(options.to_vec()),
        "url" => Type::Url,
        "page" => Type::Page(kind),
        "source" => Type::Source,
        "image" => Type::Image,
        "doi" => Type::Registered(Register::Doi),
        "pmid" => Type::Registered(Register::Pmid),
        "pmcid" => Type::Registered(Register::Pmcid),
        "record" => Type::Record(fields),
        "any" => Type::Any,
        other => {
            let help = did_you_mean(other, NAMES, || {
                format!("The types are {}, and \"list of\" any of them.", NAMES.join(", "))
            });
            reader.say(Rule::SCHEMA_INVALID, node.span, format!("there is no type \"{other}\""), help);
            return None;
        }
    };
    Some(found)
}
