//! schema.yaml: the kinds of page, their fields, the data kinds, and the relations among them.
//!
//! The kinds are the site's own. Nothing in this program knows one by name; the single exception
//! is `page`, the kind of every page that no folder and no front matter claims.

use super::{
    fields::read_field,
    limits::{Reading, Section, section_shape},
    query::Query,
    read::Reader,
    relation::{Ends, Relation, Side},
    schema_shape::shape,
    types::{Field, Type},
    value::Value,
    yaml::{Key, Node},
};
use crate::base::{date::Date, finding::Finding, near::did_you_mean, path::SitePath, rules::Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of a page that nothing else claims.
pub const PLAIN: &str = "page";

/// A kind of page, or of entry in a data file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// Its name in the schema.
    pub name: String,
    /// What many of it are called.
    pub title: String,
    /// What one of it is called.
    pub singular: String,
    /// Pages under this folder of content/ are of this kind.
    pub folder: Option<String>,
    /// The template of its pages.
    pub template: Option<String>,
    /// Its own fields.
    pub fields: Vec<Field>,
    /// For a data kind, where its entries live.
    pub data: Option<DataKind>,
    /// Whether its pages or entries are words of the glossary: linked where a text first uses them.
    pub glossary: bool,
    /// Its type in JSON-LD, a name of schema.org.
    pub json_ld: Option<String>,
    /// The lists that each of its pages shows.
    pub lists: Vec<Query>,
    /// Whether the site's search finds its pages or entries.
    pub search: bool,
    /// Whether its pages show urgent help in full, where they do not say it.
    pub urgent_help_in_full: bool,
    /// How hard to read and how long its pages may be.
    pub reading: Reading,
    /// What must stand in their texts.
    pub sections: Vec<Section>,
}

/// What makes a kind a data kind: its entries stand in a file of content/_data/ and are shown,
/// each with an anchor, on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataKind {
    /// The file in content/_data/.
    pub file: String,
    /// The id of the page that shows the entries.
    pub page: String,
    /// The field that names an entry.
    pub label: String,
    /// Whether text may cite an entry as `[code]`.
    pub citable: bool,
    /// How its entries are kept true.
    pub verify: Option<Verify>,
    /// The field that its entries are grouped by where they are shown.
    pub group_by: Option<String>,
}

/// How the entries of a data kind are kept true: who held them against the world, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verify {
    /// The field with the day of the last check.
    pub checked: String,
    /// The field with the name of who checked.
    pub by: Option<String>,
    /// After how many days a check is stale.
    pub within: Option<u32>,
    /// The field with the year that an entry is of.
    pub year: Option<String>,
    /// After how many years an entry is old.
    pub max_age: Option<u32>,
}

impl Verify {
    /// How many years old an entry of that year is, if that is more than the site wants.
    pub fn age(&self, year: f64, today: Date) -> Option<i64> {
        let age = i64::from(today.parts().0) - year as i64;
        (age > i64::from(self.max_age?)).then_some(age)
    }
}

/// The whole of schema.yaml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Whether the site has a schema.yaml. Without one every page is a plain page, and front
    /// matter may be left out.
    pub declared: bool,
    /// Whether it has faults: then keys that it does not know may be no fault of those who wrote
    /// them, and are not reported on top.
    pub uncertain: bool,
    /// The kinds by name; `page` is always among them.
    pub kinds: BTreeMap<String, Kind>,
    /// The relations, in the order written.
    pub relations: Vec<Relation>,
    /// The file of content/_data/ with the words to watch.
    pub wording: Option<String>,
    /// The file with the words that readers type and pages do not use.
    pub synonyms: Option<String>,
    /// How many days after its review was due a page may not be published any more.
    pub lapses_after: Option<u32>,
}

impl Default for Schema {
    fn default() -> Self {
        let plain = Kind {
            name: PLAIN.into(),
            title: "Pages".into(),
            singular: "Page".into(),
            folder: None,
            template: None,
            fields: Vec::new(),
            data: None,
            glossary: false,
            json_ld: None,
            lists: Vec::new(),
            search: true,
            urgent_help_in_full: false,
            reading: Reading::default(),
            sections: Vec::new(),
        };
        Schema {
            declared: false,
            uncertain: false,
            kinds: BTreeMap::from([(PLAIN.into(), plain)]),
            relations: Vec::new(),
            wording: None,
            synonyms: None,
            lapses_after: None,
        }
    }
}

impl Schema {
    /// The kind of that name, or the plain one.
    pub fn kind(&self, name: &str) -> &Kind {
        self.kinds.get(name).unwrap_or(&self.kinds[PLAIN])
    }

    /// The kind of a page by the folder it lies in: the longest folder that fits.
    pub fn kind_of_folder(&self, id: &str) -> &str {
        self.kinds
            .values()
            .filter_map(|kind| Some((kind.folder.as_deref()?, kind.name.as_str())))
            .filter(|(folder, _)| id.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
            .max_by_key(|(folder, _)| folder.len())
            .map_or(PLAIN, |(_, name)| name)
    }

    /// The data kinds, in the order of their names.
    pub fn data_kinds(&self) -> impl Iterator<Item = (&Kind, &DataKind)> {
        self.kinds.values().filter_map(|kind| Some((kind, kind.data.as_ref()?)))
    }

    /// Whether it limits what the pages of a kind may be on average.
    pub fn has_means(&self) -> bool {
        self.kinds.values().any(|kind| kind.reading.mean_grade.is_some())
    }

    /// Whether that is the name of a data kind.
    pub fn is_data(&self, name: &str) -> bool {
        self.kinds.get(name).is_some_and(|kind| kind.data.is_some())
    }

    /// Whether text may cite the entries of that kind.
    pub fn is_citable(&self, name: &str) -> bool {
        self.kinds.get(name).and_then(|kind| kind.data.as_ref()).is_some_and(|data| data.citable)
    }

    /// The relation that a page of `kind` writes under `key`, its number, and whether the page is
    /// its far end.
    pub fn relation(&self, key: &str, kind: &str) -> Option<(usize, &Relation, bool)> {
        self.relations
            .iter()
            .enumerate()
            .find_map(|(i, relation)| relation.side(key, kind).map(|(_, inverse)| (i, relation, inverse)))
    }

    /// The keys under which a page of `kind` may write relations.
    pub fn relation_keys<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.relations.iter().flat_map(move |relation| {
            let sides = std::iter::once(&relation.forward).chain(&relation.inverse);
            sides.map(|side| side.name.as_str()).filter(move |name| relation.side(name, kind).is_some())
        })
    }
}

/// Reads schema.yaml. Whatever is wrong in it is a finding; what is right still counts.
pub fn read(file: &SitePath, node: &Node) -> (Schema, Vec<Finding>) {
    let mut reader = Reader::new(file);
    let values = Value::Record(reader.record(node, &shape()));
    let mut schema = Schema { declared: true, ..Schema::default() };
    let empty = Value::Record(Vec::new());

    let kinds = node.get("kinds");
    for (name, kind) in values.get("kinds").unwrap_or(&empty).entries() {
        let written = kinds.and_then(|kinds| kinds.get(name));
        if let Some(kind) = read_kind(&mut reader, name, kind, written) {
            schema.kinds.insert(name.clone(), kind);
        }
    }
    if let Some(kinds) = kinds {
        check_kinds(&mut reader, &schema, kinds);
    }
    let relations = node.get("relations");
    for (name, relation) in values.get("relations").unwrap_or(&empty).entries() {
        let Some((key, written)) = relations.and_then(|all| all.entries().iter().find(|(k, _)| k.name == *name)) else {
            continue;
        };
        let relation = read_relation(&mut reader, name, relation, written);
        check_relation(&mut reader, &schema, &relation, key, written);
        schema.relations.push(relation);
    }
    schema.wording = values.get("wording").and_then(Value::as_str).map(String::from);
    schema.synonyms = values.get("synonyms").and_then(Value::as_str).map(String::from);
    schema.lapses_after = values.get("lapses_after").and_then(Value::as_number).map(|days| days as u32);
    (schema, reader.findings)
}

fn read_kind(reader: &mut Reader, name: &str, kind: &Value, written: Option<&Node>) -> Option<Kind> {
    let text = |key: &str| kind.get(key).and_then(Value::as_str).map(String::from);
    let title = text("title").unwrap_or_else(|| name.to_string());
    let mut fields = Vec::new();
    for (key, node) in written.and_then(|node| node.get("fields")).map_or(&[][..], Node::entries) {
        fields.extend(read_field(reader, key, node));
    }
    for item in written.and_then(|node| node.get("required")).into_iter().flat_map(Node::items) {
        let required = item.text().unwrap_or_default();
        match fields.iter_mut().find(|field| field.name == required) {
            Some(field) => field.required = true,
            None if text("data").is_none() && super::common::COMMON_KEYS.contains(&required) => {
                // A common key that this kind insists on: its type stays the common one.
                fields.push(Field::new(required, Type::Any, "").required());
            }
            None => {
                let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
                let help = did_you_mean(required, names.iter().map(String::as_str), || {
                    format!("Declare \"{required}\" under fields, or take it out of required.")
                });
                let message = format!("\"{name}\" requires a field \"{required}\" that it does not have");
                reader.say(Rule::SCHEMA_INVALID, item.span, message, help);
            }
        }
    }
    let glossary = kind.get("glossary").and_then(Value::as_bool).unwrap_or(false);
    if glossary && text("data").is_some() {
        // The entries of a glossary may say what pages may say: their other names and forms.
        for common in super::common::common_fields() {
            let asked = ["also_known_as", "inflections"].contains(&common.name.as_str());
            if asked && !fields.iter().any(|field| field.name == common.name) {
                fields.push(common);
            }
        }
        if !fields.iter().any(|field| field.name == "linked") {
            fields.push(Field::new("linked", Type::Boolean, "No: the word is explained, and never linked by itself."));
        }
    }
    let verify = kind.get("verify").and_then(|verify| {
        let text = |key: &str| verify.get(key).and_then(Value::as_str).map(String::from);
        let count = |key: &str| verify.get(key).and_then(Value::as_number).map(|count| count as u32);
        let (within, max_age) = (count("within"), count("max_age"));
        Some(Verify { checked: text("checked")?, by: text("by"), within, year: text("year"), max_age })
    });
    let before = reader.findings.len();
    if let Some(verify) = &verify {
        check_verify(reader, name, verify, &fields, written);
    }
    // What cannot be followed would find fault with every entry.
    let verify = verify.filter(|_| reader.findings.len() == before);
    let data = text("data").map(|file| DataKind {
        verify,
        page: text("page").unwrap_or_else(|| name.to_string()),
        label: text("label").unwrap_or_else(|| "title".into()),
        citable: kind.get("citable").and_then(Value::as_bool).unwrap_or(false),
        group_by: text("group_by"),
        file,
    });
    if let (Some(data), Some(node)) = (&data, written)
        && !fields.iter().any(|field| field.name == data.label)
    {
        let help = format!("Give \"{name}\" a field \"{}\", or name another field with \"label\".", data.label);
        reader.say(Rule::SCHEMA_INVALID, node.span, format!("the entries of \"{name}\" have no name"), help);
    }
    if let (Some(group), Some(node)) = (text("group_by"), written.and_then(|node| node.get("group_by")))
        && !fields.iter().any(|field| field.name == group)
    {
        let help = did_you_mean(&group, fields.iter().map(|field| field.name.as_str()), || {
            format!("Declare \"{group}\" under the fields of \"{name}\".")
        });
        reader.say(Rule::SCHEMA_INVALID, node.span, format!("\"{name}\" has no field \"{group}\""), help);
    }
    Some(Kind {
        name: name.into(),
        singular: text("singular").unwrap_or_else(|| title.clone()),
        title,
        folder: text("folder").map(|folder| folder.trim_matches('/').to_string()),
        template: text("template"),
        fields,
        data,
        glossary,
        json_ld: text("json_ld"),
        lists: kind
            .get("list")
            .map_or(&[][..], Value::items)
            .iter()
            .enumerate()
            .map(|(i, value)| {
                let written = written.and_then(|node| node.get("list")).map(Node::items).unwrap_or_default();
                Query { span: written.get(i).map(|node| node.span), ..Query::of(value) }
            })
            .collect(),
        search: kind.get("search").and_then(Value::as_bool).unwrap_or(true),
        urgent_help_in_full: text("urgent_help").as_deref() == Some(super::common::FULL),
        reading: match (kind.get("reading"), written.and_then(|node| node.get("reading"))) {
            (Some(value), Some(node)) => Reading::of(value, node.span),
            _ => Reading::default(),
        },
        sections: read_sections(reader, written.and_then(|node| node.get("sections"))),
    })
}

fn read_sections(reader: &mut Reader, written: Option<&Node>) -> Vec<Section> {
    let read = |node: &Node| match node.text() {
        Some(name) => Some(Section { name: name.into(), on: Vec::new(), span: node.span }),
        None => Section::of(&Value::Record(reader.record(node, &section_shape())), Some(node)),
    };
    written.map(Node::items).unwrap_or_default().into_iter().filter_map(read).collect()
}

/// Finds fields that `verify` names and the kind does not have.
fn check_verify(reader: &mut Reader, kind: &str, verify: &Verify, fields: &[Field], written: Option<&Node>) {
    let node = written.and_then(|node| node.get("verify"));
    if let Some(node) = node.filter(|_| written.is_some_and(|own| own.get("data").is_none())) {
        let help = "Pages are reviewed: write \"reviewed\" and \"review_by\" into their front matter.";
        reader.say(Rule::SCHEMA_INVALID, node.span, format!("\"{kind}\" has no entries to verify"), help);
    }
    for (key, name) in [("checked", Some(&verify.checked)), ("by", verify.by.as_ref()), ("year", verify.year.as_ref())]
    {
        let (Some(name), Some(node)) = (name, node) else { continue };
        let wanted = match key {
            "checked" => [Type::Date].as_slice(),
            "year" => &[Type::Number],
            _ => &[Type::Text, Type::Prose],
        };
        if let Some(field) = fields.iter().find(|field| field.name == *name) {
            if !wanted.contains(&field.kind) {
                let span = node.get(key).map_or(node.span, |node| node.span);
                let message = format!("\"{name}\" is not {}", wanted[0].describe());
                let help = format!("Give the field \"{name}\" that type, or name another field.");
                reader.say(Rule::SCHEMA_INVALID, span, message, help);
            }
        } else {
            let span = node.get(key).map_or(node.span, |node| node.span);
            let help = did_you_mean(name, fields.iter().map(|field| field.name.as_str()), || {
                format!("Declare \"{name}\" under the fields of \"{kind}\".")
            });
            reader.say(Rule::SCHEMA_INVALID, span, format!("\"{kind}\" has no field \"{name}\""), help);
        }
    }
}

fn check_kinds(reader: &mut Reader, schema: &Schema, written: &Node) {
    let mut folders: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, node) in written.entries() {
        let Some(kind) = schema.kinds.get(&key.name) else { continue };
        if let Some(folder) = &kind.folder
            && let Some(other) = folders.insert(folder, &key.name)
        {
            let span = node.get("folder").map_or(key.span, |node| node.span);
            let message = format!("\"{}\" and \"{other}\" both claim the folder \"{folder}\"", key.name);
            reader.say(Rule::SCHEMA_INVALID, span, message, "Give each kind a folder of its own.");
        }
        let same_file = |other: &&Kind| {
            other.name < kind.name
                && kind.data.is_some()
                && other.data.as_ref().map(|d| &d.file) == kind.data.as_ref().map(|d| &d.file)
        };
        if let Some(other) = schema.kinds.values().find(same_file) {
            let span = node.get("data").map_or(key.span, |node| node.span);
            let message = format!("\"{}\" and \"{}\" keep their entries in one file", key.name, other.name);
            reader.say(Rule::SCHEMA_INVALID, span, message, "Give each kind a file of its own.");
        }
        for (name, field) in node.get("fields").map_or(&[][..], Node::entries) {
            if kind.data.is_none() && super::common::COMMON_KEYS.contains(&name.name.as_str()) {
                let message = format!("\"{}\" is a key that every page has", name.name);
                reader.say(Rule::SCHEMA_INVALID, name.span, message, "Choose another name for this field.");
            }
            if let Some(target) = field.get("kind").and_then(|node| Some((node, node.text()?)))
                && !schema.kinds.contains_key(target.1)
            {
                unknown_kind(reader, schema, target.0, target.1);
            }
        }
    }
}

fn unknown_kind(reader: &mut Reader, schema: &Schema, node: &Node, name: &str) {
    let help = did_you_mean(name, schema.kinds.keys().map(String::as_str), || {
        format!("The kinds are {}.", schema.kinds.keys().cloned().collect::<Vec<_>>().join(", "))
    });
    reader.say(Rule::SCHEMA_INVALID, node.span, format!("there is no kind \"{name}\""), help);
}

fn read_relation(reader: &mut Reader, name: &str, relation: &Value, written: &Node) -> Relation {
    let count = |value: &Value, key: &str| value.get(key).and_then(Value::as_number).map(|n| n.max(0.0) as u32);
    let ends = |key: &str| {
        let kinds = relation.get(key).map(Value::texts).unwrap_or_default();
        if kinds.iter().any(|kind| kind == "any") { Ends::Any } else { Ends::Of(kinds) }
    };
    let side = |value: &Value, name: &str| Side {
        name: name.into(),
        heading: value.get("heading").and_then(Value::as_str).unwrap_or(name).into(),
        min: count(value, "min"),
        max: count(value, "max"),
    };
    let mut data = Vec::new();
    for (key, node) in written.get("data").map_or(&[][..], Node::entries) {
        data.extend(read_field(reader, key, node));
    }
    let inverse =
        relation.get("inverse").and_then(|value| Some(side(value, value.get("name").and_then(Value::as_str)?)));
    Relation {
        from: ends("from"),
        to: ends("to"),
        forward: side(relation, name),
        inverse,
        symmetric: relation.get("symmetric").and_then(Value::as_bool).unwrap_or(false),
        data,
    }
}

fn check_relation(reader: &mut Reader, schema: &Schema, relation: &Relation, key: &Key, written: &Node) {
    for end in ["from", "to"] {
        for node in written.get(end).into_iter().flat_map(Node::items) {
            if let Some(kind) = node.text()
                && kind != "any"
                && !schema.kinds.contains_key(kind)
            {
                unknown_kind(reader, schema, node, kind);
            }
        }
    }
    if relation.symmetric && (relation.inverse.is_some() || relation.from != relation.to) {
        let message = format!("\"{}\" is symmetric, so both its ends are the same", key.name);
        let help = "Remove \"inverse\", and name the same kinds under \"from\" and \"to\".";
        reader.say(Rule::SCHEMA_INVALID, key.span, message, help);
    }
    let names = [Some(&relation.forward), relation.inverse.as_ref()];
    for name in names.into_iter().flatten().map(|side| side.name.as_str()) {
        let clash = super::common::COMMON_KEYS.contains(&name)
            || name == "to" // the key that names the far end of an edge
            || schema.kinds.values().any(|kind| {
                relation.side(name, &kind.name).is_some() && kind.fields.iter().any(|field| field.name == name)
            })
            || schema.relations.iter().any(|other| {
                schema.kinds.keys().any(|kind| other.side(name, kind).is_some() && relation.side(name, kind).is_some())
            });
        if clash {
            let message = format!("the relation name \"{name}\" is taken already");
            let help =
                "A field, a common key or another relation has it on the same kind of page. Choose another name.";
            reader.say(Rule::SCHEMA_INVALID, key.span, message, help);
        }
    }
    if let Some(field) = relation.data.iter().find(|field| field.name == "to") {
        let message = format!("\"{}\" cannot be a key on a relation", field.name);
        reader.say(Rule::SCHEMA_INVALID, key.span, message, "\"to\" names the page that the relation leads to.");
    }
}
