//! Words of the interface, and headings of the schema, that a language of the site lacks.

use super::strings::Strings;
use crate::{
    base::{
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
    },
    resolve::{guide::Guide, resolver::Setting},
    settings::{
        schema::Schema,
        site::{self, Site},
    },
};
use std::collections::BTreeMap;

/// Finds words of the interface, and headings of the schema, that a language of the site lacks.
pub fn check(setting: Setting, guide: &Guide, strings: &BTreeMap<Lang, Strings>) -> Vec<Finding> {
    let languages = &guide.languages;
    let headings = headings(setting.schema, setting.site);
    let mut findings = Vec::new();
    for (i, lang) in languages.iter().enumerate() {
        let Some(own) = strings.get(lang) else { continue };
        // The headings of the schema are in the site's own language.
        let foreign = headings.iter().filter(|id| i > 0 && own.get(id).is_empty());
        let missing: Vec<&String> = own.missing.iter().chain(foreign).collect();
        if missing.is_empty() {
            continue;
        }
        let shown: Vec<&str> = missing.iter().take(8).map(|id| id.as_str()).collect();
        let more = if missing.len() > 8 { format!(" and {} more", missing.len() - 8) } else { String::new() };
        let message = format!("the language \"{lang}\" has no words for {}{more}", shown.join(", "));
        let theme = &setting.site.theme;
        let help = format!("Write them into themes/{theme}/strings/{lang}.ftl, one \"name = words\" a line.");
        let file = SitePath::from(site::FILE);
        let span = setting.site.language_spans.get(lang.tag());
        let place = span.map_or_else(|| Place::file(&file), |span| Place::span(&file, *span));
        findings.push(Finding::new(Rule::TRANSLATIONS_STRINGS, place, message, help));
    }
    findings
}

/// The names under which a language has the headings of the schema and of the taxonomies.
fn headings(schema: &Schema, site: &Site) -> Vec<String> {
    let mut ids: Vec<String> = site.taxonomies.keys().map(|name| format!("taxonomy-{name}")).collect();
    for kind in schema.kinds.values().filter(|_| schema.declared) {
        if kind.folder.is_some() || kind.data.is_some() {
            ids.push(format!("kind-one-{}", kind.name));
        }
        if kind.data.is_some() {
            ids.push(format!("kind-{}", kind.name));
        }
        let headed = kind.fields.iter().filter(|field| field.heading.is_some());
        ids.extend(headed.map(|field| format!("field-{}-{}", kind.name, field.name)));
    }
    for relation in &schema.relations {
        let sides = std::iter::once(&relation.forward).chain(&relation.inverse);
        ids.extend(sides.map(|side| format!("relation-{}", side.name)));
    }
    ids
}
