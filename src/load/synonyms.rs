//! Words that readers type and pages do not use, each with words of the pages that it stands for: a file below
//! `content/_data/`, in every language that has a file of its own.

use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
    },
    search::words,
    settings::{schema::Schema, site::Site, yaml},
    source::tree::Tree,
};
use std::collections::BTreeMap;

/// The synonyms of a site.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// By language: a word as it is looked up, and the words that it stands for.
    pub languages: BTreeMap<Lang, Vec<(String, Vec<String>)>>,
    /// The digest of all of it.
    pub digest: Option<Digest>,
    /// What is wrong with the files.
    pub findings: Vec<Finding>,
}

impl Synonyms {
    /// Reads the files of a site that has any.
    pub fn read(tree: &Tree, site: &Site, schema: &Schema) -> Synonyms {
        let Some(file) = &schema.synonyms else { return Synonyms::default() };
        let mut synonyms = Synonyms::default();
        for (i, lang) in site.all_languages().into_iter().enumerate() {
            let path = super::data::path_of(file, (i > 0).then_some(&lang));
            let Some(own) = tree.files.get(&path) else {
                // Another language may do without.
                if i == 0 {
                    let message = format!("the synonyms stand in {path}, which is not there");
                    let place = Place::file(&"schema.yaml".into());
                    synonyms.findings.push(Finding::new(Rule::SCHEMA_INVALID, place, message, "Add the file."));
                }
                continue;
            };
            match own.bytes() {
                Ok(bytes) => {
                    let own = read(&path, &bytes, &mut synonyms.findings);
                    synonyms.languages.insert(lang, own);
                }
                Err(error) => synonyms.findings.push(Finding::unreadable(&path, &error)),
            }
        }
        synonyms.digest = Some(Digest::of_value(&synonyms.languages));
        synonyms
    }
}

fn read(path: &SitePath, bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<(String, Vec<String>)> {
    let Some(node) = yaml::read(path, bytes, "these synonyms", findings) else { return Vec::new() };
    let mut synonyms: Vec<(String, Vec<String>)> = Vec::new();
    let mut one = |text: &str, span| {
        let mut words = words::list(text);
        if words.len() == 1 {
            return words.pop();
        }
        let message = format!("\"{text}\" is not one word");
        let help =
            "Write single words. A phrase that readers type belongs under also_known_as of the page that they need.";
        findings.push(Finding::new(Rule::FIELDS_VALUE, Place::span(path, span), message, help));
        None
    };
    for (key, node) in node.entries() {
        let Some(word) = one(&key.name, key.span) else { continue };
        let meant = node.items().into_iter().filter_map(|item| one(item.text().unwrap_or_default(), item.span));
        let meant: Vec<String> = meant.collect();
        match synonyms.iter_mut().find(|(own, _)| *own == word) {
            Some((_, own)) => own.extend(meant),
            None => synonyms.push((word, meant)),
        }
    }
    synonyms
}
