//! guide.yaml: the settings of a site, and the front-matter keys that every kind of page has.

use super::{
    read::Reader,
    types::{Field, Type},
    value::Value,
    yaml::Node,
};
use crate::base::{
    digest::Digest,
    finding::{Finding, Severity},
    lang::Lang,
    near::did_you_mean,
    path::SitePath,
    rules::{Levels, Rule},
    span::Span,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the settings file.
pub const FILE: &str = "guide.yaml";

/// The keys that every kind of page has; each taxonomy's name comes on top.
pub const COMMON_KEYS: &[&str] = &[
    "title",
    "summary",
    "short",
    "kind",
    "weight",
    "slug",
    "template",
    "extra",
    "date",
    "updated",
    "reviewed",
    "review_by",
    "reviewed_by",
    "authors",
    "publish_from",
    "publish_until",
    "status",
    "aliases",
    "also_known_as",
    "searches",
    "noindex",
    "search",
    "feed",
    "sitemap",
    "sources",
    "lang",
];

/// The fields behind [`COMMON_KEYS`].
pub fn common_fields() -> Vec<Field> {
    let choice = |options: &[&str]| Type::Choice(options.iter().map(|o| o.to_string()).collect());
    vec![
        Field::new("title", Type::Text, "What the page is called, as a reader would say it."),
        Field::new("summary", Type::Text, "One or two sentences: lists, search results and link previews show them."),
        Field::new("short", Type::Text, "A shorter title for menus."),
        Field::new("kind", Type::Text, "The kind of page, where the folder does not say it."),
        Field::new("weight", Type::Number, "Its place among its neighbours, lightest first."),
        Field::new("slug", Type::Text, "The last part of its URL."),
        Field::new("template", Type::Text, "Another template of the theme."),
        Field::new("extra", Type::Any.map(), "Free values for the template."),
        Field::new("date", Type::Date, "When it was first published."),
        Field::new("updated", Type::Date, "When it was last changed in substance."),
        Field::new("reviewed", Type::Date, "When somebody qualified last reviewed it."),
        Field::new("review_by", Type::Date, "When the next review is due."),
        Field::new("reviewed_by", Type::Text.list(), "Who reviewed it, with their role."),
        Field::new("authors", Type::Text.list(), "Who wrote it."),
        Field::new("publish_from", Type::Date, "The first day on which it is published."),
        Field::new("publish_until", Type::Date, "The last day on which it is published."),
        Field::new("status", choice(&["draft", "live", "retired"]), "A draft is built only with --drafts."),
        Field::new("aliases", Type::Text.list(), "Old addresses that lead here, like /old/place/."),
        Field::new("also_known_as", Type::Text.list(), "Other names: for search, wiki links and the A–Z."),
        Field::new("searches", Type::Text.list(), "What a reader may type who needs this page."),
        Field::new("noindex", Type::Boolean, "Yes: ask search engines to leave it out."),
        Field::new("search", Type::Boolean, "No: leave it out of the site's own search."),
        Field::new("feed", Type::Boolean, "No: leave it out of feeds."),
        Field::new("sitemap", Type::Boolean, "No: leave it out of the sitemap."),
        Field::new("sources", Type::Source.list(), "The sources that the page as a whole rests on."),
        Field::new("lang", Type::Text, "Its language, where it is not the site's."),
    ]
}

/// The settings of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// The name of the site.
    pub title: String,
    /// The address it is published at; ends in a slash.
    pub base_url: String,
    /// The language of pages that name none.
    pub language: Lang,
    /// The other languages, with the title of the site in each.
    pub languages: BTreeMap<String, String>,
    /// The theme.
    pub theme: String,
    /// Menus by name: references to pages, in order, and where each is written.
    pub menus: BTreeMap<String, Vec<(String, Span)>>,
    /// Taxonomies by name, with their titles.
    pub taxonomies: BTreeMap<String, String>,
    /// Whether the site has a search.
    pub search: bool,
    /// The page that every other page leads to for urgent help, as a reference.
    pub urgent_help: Option<(String, Span)>,
    /// Who is behind the site.
    pub publisher: BTreeMap<String, String>,
    /// The site's levels of the rules.
    pub levels: Levels,
    /// Redirects from old addresses: from, to, and where they are written.
    pub redirects: Vec<(String, String, Span)>,
    /// Folders and files that may be symbolic links out of the site.
    pub symlinks: Vec<String>,
    /// Free values for templates.
    pub extra: Value,
}

impl Site {
    /// The path part of the base URL: `/` or `/guide/`.
    pub fn base_path(&self) -> &str {
        let rest = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("/", |i| &rest[i..])
    }

    /// The absolute address of a path from the site's root (`/barriers/`).
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}", self.base_url, path.trim_start_matches('/'))
    }

    /// The address within the host of a path from the site's root.
    pub fn href(&self, path: &str) -> String {
        format!("{}{}", self.base_path(), path.trim_start_matches('/'))
    }

    /// Every language of the site, its own first.
    pub fn all_languages(&self) -> Vec<Lang> {
        let others = self.languages.keys().filter_map(|tag| Lang::parse(tag));
        std::iter::once(self.language.clone()).chain(others.filter(|lang| *lang != self.language)).collect()
    }

    /// The digest of all settings but the levels: a level changes what is said, not what is made.
    pub fn digest(&self) -> Digest {
        Digest::of_value(&Site { levels: Levels::default(), ..self.clone() })
    }
}

impl Default for Site {
    fn default() -> Self {
        Site {
            title: String::new(),
            base_url: "http://localhost/".into(),
            language: Lang::parse("en").expect("a language tag"),
            languages: BTreeMap::new(),
            theme: "base".into(),
            menus: BTreeMap::new(),
            taxonomies: BTreeMap::new(),
            search: true,
            urgent_help: None,
            publisher: BTreeMap::new(),
            levels: Levels::default(),
            redirects: Vec::new(),
            symlinks: Vec::new(),
            extra: Value::Record(Vec::new()),
        }
    }
}

/// The shape of guide.yaml, for reading it and for `guidewright schema guide`.
pub fn shape() -> Vec<Field> {
    let levels = ["off", "note", "warning", "error"].map(String::from).to_vec();
    vec![
        Field::new("title", Type::Text, "The name of the site.").required(),
        Field::new("base_url", Type::Url, "Where it is published, like https://example.org/guide/.").required(),
        Field::new("language", Type::Text, "The language it is written in, like en-GB."),
        Field::new(
            "languages",
            Type::Record(vec![Field::new("title", Type::Text, "The site's name in that language.")]).map(),
            "Other languages: page.es.md stands beside page.md.",
        ),
        Field::new("theme", Type::Text, "The theme: a folder of themes/, or base."),
        Field::new("menus", Type::Page(None).list().map(), "Menus by name: pages, in order."),
        Field::new(
            "taxonomies",
            Type::Record(vec![Field::new("title", Type::Text, "What readers see.")]).map(),
            "Ways to group pages; each is a front-matter key.",
        ),
        Field::new("search", Type::Boolean, "No: the site has no search."),
        Field::new("urgent_help", Type::Page(None), "The page that every page leads to for urgent help."),
        Field::new("publisher", Type::Text.map(), "Who is behind the site: name, contact, funding."),
        Field::new("rules", Type::Choice(levels).map(), "The level of a rule, a family (links/*) or all (*)."),
        Field::new(
            "redirects",
            Type::Record(vec![
                Field::new("from", Type::Text, "The old address, like /old/.").required(),
                Field::new("to", Type::Text, "Where it leads: an address of the site or elsewhere.").required(),
            ])
            .list(),
            "Old addresses that still lead somewhere.",
        ),
        Field::new("headers", Type::Text.map().map(), "Headers by path, for hosts that take them."),
        Field::new("publish", Type::Any.map(), "Where it is published to, by name."),
        Field::new("symlinks", Type::Text.list(), "Symbolic links that may lead out of the site."),
        Field::new("extra", Type::Any.map(), "Free values for templates."),
    ]
}

/// Reads guide.yaml. What is wrong is a finding, and the usual value counts.
pub fn read(file: &SitePath, node: &Node) -> (Site, Vec<Finding>) {
    let mut reader = Reader::new(file);
    let values = Value::Record(reader.record(node, &shape()));
    let text = |key: &str| values.get(key).and_then(Value::as_str).map(String::from);
    let entries = |key: &str| values.get(key).map_or(&[][..], Value::entries);
    let mut site = Site { title: text("title").unwrap_or_default(), ..Site::default() };

    if let Some(url) = text("base_url") {
        if url.starts_with("http") && !url.contains(['?', '#']) {
            site.base_url = if url.ends_with('/') { url } else { url + "/" };
        } else {
            let help = "Write where the site is published, like https://example.org/guide/.";
            at(&mut reader, node, "base_url", format!("\"{url}\" cannot be a base URL"), help);
        }
    }
    if let Some(tag) = text("language") {
        match Lang::parse(&tag) {
            Some(lang) => site.language = lang,
            None => {
                let help = "Write a language tag like en, en-GB or es.";
                at(&mut reader, node, "language", format!("\"{tag}\" is not a language tag"), help);
            }
        }
    }
    for (tag, value) in entries("languages") {
        let title = value.get("title").and_then(Value::as_str).unwrap_or(&site.title);
        match Lang::parse(tag) {
            Some(_) => drop(site.languages.insert(tag.clone(), title.into())),
            None => {
                let help = "Write a language tag like es or ar.";
                at(&mut reader, node, "languages", format!("\"{tag}\" is not a language tag"), help);
            }
        }
    }
    site.theme = text("theme").unwrap_or(site.theme);
    for (key, items) in node.get("menus").map_or(&[][..], Node::entries) {
        let items = items.items().into_iter().filter_map(|item| Some((item.text()?.to_string(), item.span)));
        site.menus.insert(key.name.clone(), items.collect());
    }
    for (name, value) in entries("taxonomies") {
        let title = value.get("title").and_then(Value::as_str).unwrap_or(name);
        if COMMON_KEYS.contains(&name.as_str()) {
            let message = format!("\"{name}\" is a key that every page has");
            at(&mut reader, node, "taxonomies", message, "Choose another name for this taxonomy.");
        } else {
            site.taxonomies.insert(name.clone(), title.into());
        }
    }
    site.search = values.get("search").and_then(Value::as_bool).unwrap_or(true);
    site.urgent_help = text("urgent_help").zip(node.get("urgent_help").map(|node| node.span));
    for (key, value) in entries("publisher") {
        site.publisher.insert(key.clone(), value.as_str().unwrap_or_default().into());
    }
    read_levels(&mut reader, &mut site, entries("rules"), node);
    for redirect in node.get("redirects").map_or(Vec::new(), Node::items) {
        let get = |key: &str| redirect.get(key).and_then(|node| Some((node.text()?.to_string(), node.span)));
        if let (Some((from, span)), Some((to, _))) = (get("from"), get("to")) {
            site.redirects.push((from, to, span));
        }
    }
    site.symlinks = values.get("symlinks").map(Value::texts).unwrap_or_default();
    if let Some(extra) = values.get("extra") {
        site.extra = extra.clone();
    }
    (site, reader.findings)
}

fn read_levels(reader: &mut Reader, site: &mut Site, rules: &[(String, Value)], node: &Node) {
    for (pattern, level) in rules {
        let written = node.get("rules").and_then(|all| all.entries().iter().find(|(key, _)| key.name == *pattern));
        let Some((key, _)) = written else { continue };
        if Levels::named(pattern).next().is_none() {
            let codes = Rule::ALL.iter().map(|rule| rule.code());
            let help = did_you_mean(pattern, codes, || "`guidewright explain` lists the rules.".into());
            reader.say(Rule::SETTINGS_INVALID, key.span, format!("there is no rule \"{pattern}\""), help);
            continue;
        }
        let level = match level.as_str() {
            Some("note") => Some(Severity::Note),
            Some("warning") => Some(Severity::Warning),
            Some("error") => Some(Severity::Error),
            _ => None,
        };
        if Levels::named(pattern).all(Rule::is_fixed) {
            let help = "What cannot be read cannot be published. Remove this line.";
            reader.say(Rule::SETTINGS_INVALID, key.span, format!("the level of \"{pattern}\" is fixed"), help);
        }
        site.levels.set(pattern, level);
    }
}

fn at(reader: &mut Reader, node: &Node, key: &str, message: String, help: &str) {
    let span = node.get(key).map_or(node.span, |node| node.span);
    reader.say(Rule::SETTINGS_INVALID, span, message, help);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_respects_the_base_path() {
        let site = Site { base_url: "https://example.org/guide/".into(), ..Site::default() };
        assert_eq!(site.base_path(), "/guide/");
        assert_eq!(site.href("/barriers/"), "/guide/barriers/");
        assert_eq!(site.absolute("/barriers/"), "https://example.org/guide/barriers/");
    }

    #[test]
    fn the_common_keys_and_their_fields_are_the_same() {
        let names: Vec<String> = common_fields().into_iter().map(|field| field.name).collect();
        assert_eq!(names, COMMON_KEYS);
    }
}
