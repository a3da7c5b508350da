//! Data files: entries of a data kind, each addressable like a page.

use super::{content::Content, front, places::Places};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    settings::{
        schema::{DataKind, Kind, Schema},
        value::Value,
        yaml,
    },
};
use serde::{Deserialize, Serialize};

/// One entry of a data file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its key in the file.
    pub id: String,
    /// What it is called; empty where a translation does not say it anew.
    pub title: String,
    /// Fields, relations and references.
    pub content: Content,
    /// Where they are written.
    pub places: Places,
}

/// A data file as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataFile {
    /// The kind of its entries.
    pub kind: String,
    /// The language that it is a translation into; `None` for the file itself.
    pub lang: Option<Lang>,
    /// Its file.
    pub path: SitePath,
    /// The entries, in the order written.
    pub entries: Vec<Entry>,
    /// The digest of the bytes it was made from.
    pub facts: Digest,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl DataFile {
    /// Whether none of its entries could be read: then references to them are no further faults.
    pub fn is_unreadable(&self) -> bool {
        self.findings.iter().any(|finding| [Rule::READ_YAML, Rule::READ_UTF8].contains(&finding.rule))
    }
}

/// The path of a data kind's file, or of its translation: `terms.es.yaml` beside `terms.yaml`.
pub fn path(data: &DataKind, lang: Option<&Lang>) -> SitePath {
    path_of(&data.file, lang)
}

/// The path of a file of content/_data/, or of its translation.
pub fn path_of(file: &str, lang: Option<&Lang>) -> SitePath {
    SitePath::from(match (lang, file.rsplit_once('.')) {
        (None, _) => format!("content/_data/{file}"),
        (Some(lang), Some((stem, extension))) => format!("content/_data/{stem}.{lang}.{extension}"),
        (Some(lang), None) => format!("content/_data/{file}.{lang}"),
    })
}

/// Reads the file of a data kind, or a translation of it: a map from each entry's code to its fields.
pub fn read(bytes: &[u8], schema: &Schema, kind: &Kind, data: &DataKind, lang: Option<&Lang>) -> DataFile {
    let path = path(data, lang);
    let mut file = DataFile {
        kind: kind.name.clone(),
        lang: lang.cloned(),
        entries: Vec::new(),
        facts: Digest::of(bytes),
        findings: Vec::new(),
        path: path.clone(),
    };
    let Some(node) = yaml::read(&path, bytes, "this data", &mut file.findings) else { return file };
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if !matches!(node.data, yaml::Data::Map(_)) {
        let message = format!("this file is {} and not entries by their codes", node.describe());
        let help = "Write each entry as \"code:\" and its fields below it, indented by two spaces.";
        file.findings.push(Finding::new(Rule::FIELDS_TYPE, Place::span(&path, node.span), message, help));
        return file;
    }
    // A translation says only what it says in other words.
    let mut lenient = kind.clone();
    lenient.fields.iter_mut().for_each(|field| field.required &= lang.is_none());
    let asked = &lenient;
    let mut reader = crate::settings::read::Reader::new(&path);
    reader.repeated(node.entries());
    file.findings.append(&mut reader.findings);
    for (i, (key, value)) in node.entries().iter().enumerate() {
        if node.entries()[..i].iter().any(|(earlier, _)| earlier.name == key.name) {
            continue;
        }
        if !matches!(value.data, yaml::Data::Map(_)) {
            let message = format!("the entry \"{}\" is {} and not fields", key.name, value.describe());
            let help = "Write its fields below its code, indented by two spaces.";
            file.findings.push(Finding::new(Rule::FIELDS_TYPE, Place::span(&path, key.span), message, help));
            continue;
        }
        let entry = yaml::Node { span: key.span, ..value.clone() };
        let mut front = front::read(&path, text, &entry, schema, asked, &[], schema.uncertain);
        file.findings.append(&mut front.findings);
        let written = front.content.field(&data.label).and_then(Value::as_str);
        let title = written.unwrap_or(if lang.is_none() { &key.name } else { "" });
        file.entries.push(Entry {
            id: key.name.clone(),
            title: title.into(),
            places: Places {
                front: key.span,
                fields: front.fields,
                edges: front.edges,
                headings: Vec::<Span>::new(),
                links: front.links,
                elsewhere: Vec::new(),
            },
            content: front.content,
        });
    }
    file
}
