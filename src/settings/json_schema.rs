//! JSON Schema (draft 2020-12) made from the types that files are read with, so that an editor's
//! program can complete and check them while they are written.

use super::{
    common,
    schema::Schema,
    site,
    types::{Field, Type},
};
use serde_json::{Map, Value as Json, json};

/// The JSON Schema of a file of that shape.
pub fn of_file(title: &str, fields: &[Field]) -> Json {
    let mut schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title });
    if let (Json::Object(schema), Json::Object(record)) = (&mut schema, record(fields)) {
        schema.extend(record);
    }
    schema
}

/// The JSON Schema of the front matter (or data entry) of one kind.
pub fn of_kind(schema: &Schema, name: &str, site: &site::Site) -> Option<Json> {
    let kind = schema.kinds.get(name)?;
    let mut fields = kind.fields.clone();
    if kind.data.is_none() {
        let common = common::common_fields().into_iter().map(|mut field| {
            let insisted = kind.fields.iter().any(|own| own.name == field.name && own.required);
            field.required = insisted || schema.declared && field.name == "title";
            field
        });
        fields.retain(|field| !common::COMMON_KEYS.contains(&field.name.as_str()));
        fields.splice(0..0, common);
        fields.extend(site.taxonomies.iter().map(|(name, own)| Field::new(name, Type::Text.list(), &own.title)));
    }
    for key in schema.relation_keys(name) {
        let Some((_, relation, inverse)) = schema.relation(key, name) else { continue };
        let to = Field::new("to", Type::Page(None), "The page that it leads to.").required();
        let edge = Type::Record([vec![to], relation.data.clone()].concat());
        let help = format!("Relation to {}.", relation.far_end(inverse).describe());
        fields.push(Field::new(key, edge.list(), &help));
    }
    let mut json = of_file(&kind.title, &fields);
    let properties = json.get_mut("properties").and_then(Json::as_object_mut)?;
    for key in schema.relation_keys(name) {
        // An edge may be just the name of the other page.
        if let Some(property) = properties.get_mut(key) {
            let edge = property["anyOf"][1].clone();
            property["anyOf"] = json!([{ "type": "string" }, edge, { "type": "array", "items": { "anyOf": [{ "type": "string" }, edge] } }]);
        }
    }
    Some(json)
}

fn record(fields: &[Field]) -> Json {
    let properties: Map<String, Json> = fields.iter().map(|field| (field.name.clone(), property(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.required).map(|f| f.name.as_str()).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn property(field: &Field) -> Json {
    let mut json = of_type(&field.kind);
    if let Json::Object(map) = &mut json {
        if !field.help.is_empty() {
            map.insert("description".into(), field.help.clone().into());
        }
        let (least, most) = match field.kind {
            Type::Number => ("minimum", "maximum"),
            Type::Text | Type::Prose => ("minLength", "maxLength"),
            _ => return json,
        };
        map.extend(field.min.map(|n| (least.into(), n.into())));
        map.extend(field.max.map(|n| (most.into(), n.into())));
    }
    json
}

fn of_type(kind: &Type) -> Json {
    match kind {
        // A scalar that YAML takes for a number is still text where text is asked for.
        Type::Text | Type::Prose | Type::Page(_) | Type::Source | Type::Image | Type::Registered(_) | Type::Line(_) => {
            json!({ "type": ["string", "number"] })
        }
        Type::Number => json!({ "type": "number" }),
        Type::Boolean => json!({ "enum": [true, false, "yes", "no"] }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::Choice(options) => json!({ "enum": options }),
        Type::Url => json!({ "type": "string", "format": "uri" }),
        Type::List(item) => {
            let item = of_type(item);
            json!({ "anyOf": [{ "type": "array", "items": item.clone() }, item] })
        }
        Type::Record(fields) => record(fields),
        Type::Map(item) => json!({ "type": "object", "additionalProperties": of_type(item) }),
        Type::Any => json!({}),
    }
}
