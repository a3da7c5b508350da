//! guide.yaml: the settings of a site.

use super::{
    common::COMMON_KEYS,
    publish::{self, Target},
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

/// The feeds that a site may have.
pub const FEEDS: [&str; 3] = ["site", "sections", "terms"];

/// Whether a text is a placeholder that somebody has still to fill: words in angle brackets.
pub fn is_placeholder(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>')
}

/// A way to group pages; its name is a front-matter key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Taxonomy {
    /// What readers see.
    pub title: String,
    /// The terms that there are; none means whatever pages say.
    pub terms: Vec<String>,
    /// How many pages a page of a term shows; none means all of them.
    pub paginate: Option<u32>,
    /// Whether each term has a feed.
    pub feed: bool,
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
    /// Where each of them is written.
    pub language_spans: BTreeMap<String, Span>,
    /// The theme.
    pub theme: String,
    /// Whether pages show the tree of sections beside them, as a manual does.
    pub is_manual: bool,
    /// Menus by name: references to pages, in order, and where each is written.
    pub menus: BTreeMap<String, Vec<(String, Span)>>,
    /// Taxonomies by name.
    pub taxonomies: BTreeMap<String, Taxonomy>,
    /// Whether the site has a search.
    pub search: bool,
    /// Whether the address of its page says what was searched for.
    pub search_address: bool,
    /// Whether it has an index from A to Z.
    pub a_z: bool,
    /// Whether it has a register of reviews.
    pub review: bool,
    /// Whether quotation marks, dashes and ellipses are set as the language does.
    pub smart_punctuation: bool,
    /// Whether code is coloured.
    pub highlight: bool,
    /// Which feeds it has: `site`, `sections`, `terms`.
    pub feeds: Vec<String>,
    /// Whether pages carry Open Graph.
    pub open_graph: bool,
    /// Whether pages carry JSON-LD.
    pub json_ld: bool,
    /// Whether it has an llms.txt.
    pub llms_txt: bool,
    /// Whether each page has a copy in Markdown.
    pub markdown_copies: bool,
    /// Whether search engines are asked to leave out all of it.
    pub noindex: bool,
    /// Where it is published to, by name.
    pub targets: BTreeMap<String, Target>,
    /// The page that every other page leads to for urgent help, as a reference.
    pub urgent_help: Option<(String, Span)>,
    /// A neutral page elsewhere, for readers who have to leave at once.
    pub exit: Option<String>,
    /// What the browser's tab and history call the site, where its title would tell too much.
    pub tab_title: Option<String>,
    /// Who is behind the site.
    pub publisher: BTreeMap<String, String>,
    /// The site's levels of the rules.
    pub levels: Levels,
    /// Redirects from old addresses: from, to, and where they are written.
    pub redirects: Vec<(String, String, Span)>,
    /// Folders and files that may be symbolic links out of the site.
    pub symlinks: Vec<String>,
    /// Headers by address: a path, or the beginning of one with a star at its end.
    pub headers: Vec<(String, Vec<(String, String)>)>,
    /// The target that it is built for.
    pub target: Target,
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
            language_spans: BTreeMap::new(),
            theme: "base".into(),
            is_manual: false,
            menus: BTreeMap::new(),
            taxonomies: BTreeMap::new(),
            search: true,
            search_address: false,
            a_z: true,
            review: true,
            smart_punctuation: true,
            highlight: false,
            feeds: FEEDS.map(String::from).to_vec(),
            open_graph: true,
            json_ld: true,
            llms_txt: false,
            markdown_copies: false,
            noindex: false,
            targets: BTreeMap::new(),
            urgent_help: None,
            exit: None,
            tab_title: None,
            publisher: BTreeMap::new(),
            levels: Levels::default(),
            redirects: Vec::new(),
            symlinks: Vec::new(),
            headers: Vec::new(),
            target: Target::default(),
            extra: Value::Record(Vec::new()),
        }
    }
}

/// The shape of guide.yaml, for reading it and for `guidewright schema guide`.
pub fn shape() -> Vec<Field> {
    let levels = ["off", "note", "warning", "error"].map(String::from).to_vec();
    let feeds = FEEDS.iter().copied().chain(["none"]).map(String::from).collect();
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
        Field::new(
            "layout",
            Type::Choice(vec!["guide".into(), "manual".into()]),
            "A manual shows the tree of its sections beside each page.",
        ),
        Field::new("menus", Type::Page(None).list().map(), "Menus by name: pages, in order."),
        Field::new(
            "taxonomies",
            Type::Record(vec![
                Field::new("title", Type::Text, "What readers see."),
                Field::new("terms", Type::Text.list(), "The terms that there are; else whatever pages say."),
                Field {
                    min: Some(1.0),
                    ..Field::new("paginate", Type::Number, "How many pages of a term one page lists.")
                },
                Field::new("feed", Type::Boolean, "No: its terms have no feeds."),
            ])
            .map(),
            "Ways to group pages; each is a front-matter key.",
        ),
        Field::new("search", Type::Boolean, "No: the site has no search."),
        Field::new("search_address", Type::Boolean, "Yes: the address says what was searched for."),
        Field::new("a_z", Type::Boolean, "No: the site has no index from A to Z."),
        Field::new("review", Type::Boolean, "No: the site has no register of reviews."),
        Field::new("smart_punctuation", Type::Boolean, "No: quotation marks and dashes stay as they are typed."),
        Field::new("highlight", Type::Boolean, "Yes: code is coloured."),
        Field::new("feeds", Type::Choice(feeds).list(), "The feeds: site, sections, terms; or none."),
        Field::new("open_graph", Type::Boolean, "No: pages carry no Open Graph for link previews."),
        Field::new("json_ld", Type::Boolean, "No: pages carry no JSON-LD for search engines."),
        Field::new("llms_txt", Type::Boolean, "Yes: the site has an llms.txt."),
        Field::new("markdown_copies", Type::Boolean, "Yes: each page has a copy in Markdown."),
        Field::new("urgent_help", Type::Page(None), "The page that every page leads to for urgent help."),
        Field::new("tab_title", Type::Text, "What the browser's tab and history call the site."),
        Field::new("exit", Type::Url, "A neutral page elsewhere, for readers who have to leave at once."),
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
        Field::new("publish", Type::Record(publish::shape()).map(), "Where it is published to, by name."),
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
        site.base_url = base_url(&mut reader, node.get("base_url"), &url).unwrap_or(site.base_url);
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
            Some(lang) if lang.canonical() != *tag => {
                let message = format!("the language \"{tag}\" is written \"{}\"", lang.canonical());
                at(&mut reader, node, "languages", message, "Correct it here and in the names of files.");
            }
            Some(lang) if lang == site.language => {
                let message = format!("\"{tag}\" is the language of the site already");
                at(&mut reader, node, "languages", message, "Remove it here: these are the other languages.");
            }
            Some(_) => drop(site.languages.insert(tag.clone(), title.into())),
            None => {
                let help = "Write a language tag like es or ar.";
                at(&mut reader, node, "languages", format!("\"{tag}\" is not a language tag"), help);
            }
        }
    }
    for (key, _) in node.get("languages").map_or(&[][..], Node::entries) {
        site.language_spans.insert(key.name.clone(), key.span);
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
            let taxonomy = Taxonomy {
                title: title.into(),
                terms: value.get("terms").map(Value::texts).unwrap_or_default(),
                paginate: value.get("paginate").and_then(Value::as_number).map(|count| count.max(1.0) as u32),
                feed: value.get("feed").and_then(Value::as_bool).unwrap_or(true),
            };
            site.taxonomies.insert(name.clone(), taxonomy);
        }
    }
    let flags = [
        ("search", &mut site.search),
        ("search_address", &mut site.search_address),
        ("a_z", &mut site.a_z),
        ("review", &mut site.review),
        ("smart_punctuation", &mut site.smart_punctuation),
        ("highlight", &mut site.highlight),
        ("open_graph", &mut site.open_graph),
        ("json_ld", &mut site.json_ld),
        ("llms_txt", &mut site.llms_txt),
        ("markdown_copies", &mut site.markdown_copies),
    ];
    for (key, flag) in flags {
        *flag = values.get(key).and_then(Value::as_bool).unwrap_or(*flag);
    }
    if let Some(feeds) = values.get("feeds") {
        site.feeds = feeds.texts();
    }
    for (key, written) in node.get("publish").map_or(&[][..], Node::entries) {
        let Some((_, values)) = entries("publish").iter().find(|(name, _)| *name == key.name) else { continue };
        if !key.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            let message = format!("\"{}\" cannot be the name of a target", key.name);
            reader.say(
                Rule::SETTINGS_INVALID,
                key.span,
                message,
                "Use letters, digits, - and _, like live or preview-2.",
            );
            continue;
        }
        let mut target = publish::read(&mut reader, key, written, values);
        target.base_url = target.base_url.and_then(|url| base_url(&mut reader, written.get("base_url"), &url));
        site.targets.insert(key.name.clone(), target);
    }
    site.urgent_help = text("urgent_help").zip(node.get("urgent_help").map(|node| node.span));
    site.exit = text("exit");
    site.tab_title = text("tab_title");
    site.is_manual = text("layout").as_deref() == Some("manual");
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
    for (pattern, own) in entries("headers") {
        let own = own.entries().iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_string())));
        site.headers.push((pattern.clone(), own.collect()));
    }
    site.symlinks = values.get("symlinks").map(Value::texts).unwrap_or_default();
    if let Some(extra) = values.get("extra") {
        site.extra = extra.clone();
    }
    (site, reader.findings)
}

/// A base URL with a slash at its end.
fn base_url(reader: &mut Reader, written: Option<&Node>, url: &str) -> Option<String> {
    let host = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) && !url.contains(['?', '#', ' ']) {
        return Some(if url.ends_with('/') { url.into() } else { format!("{url}/") });
    }
    let help = "Write where the site is published, like https://example.org/guide/.";
    let span = written.map_or(Span::default(), |node| node.span);
    reader.say(Rule::SETTINGS_INVALID, span, format!("\"{url}\" cannot be a base URL"), help);
    None
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
}
