//! One page from the bytes of its file: pure, so remembered by the digest of those bytes.

use super::{
    content::{Heading, Link},
    expand::{self, Expanded, Parts},
    facts::title_of_file,
    fence::{self, Fence},
    front,
    markdown::LinkKind,
    outline::{self, Dialect},
    places::Places,
    typography::Typography,
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Mark, Place},
        lang::Lang,
        near::did_you_mean,
        path::{SitePath, nfc},
        rules::Rule,
        span::Span,
    },
    settings::{
        common::{COMMON_KEYS, FULL, common_fields},
        query::{MapQuery, Query},
        schema::{PLAIN, Schema},
        site::Site,
        theme::Components,
        types::{Field, Type},
        value::Value,
        yaml,
    },
};
use serde::{Deserialize, Serialize};

pub use super::facts::{Page, Status};

/// A page as read: facts, places, and what is wrong with it in itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    /// The facts.
    pub page: Page,
    /// Where they are written.
    pub places: Places,
    /// The byte at which the text begins in the file.
    pub body: u32,
    /// Whether the text includes other files.
    pub includes: bool,
    /// The digest of everything in it that a translator translates.
    pub words: Digest,
    /// The digest of the facts.
    pub facts: Digest,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What reading a page depends on beside its bytes.
#[derive(Debug)]
pub struct Grammar<'a> {
    /// The settings.
    pub site: &'a Site,
    /// The schema.
    pub schema: &'a Schema,
    /// The components of the theme.
    pub components: &'a Components,
    /// What texts may include.
    pub parts: &'a Parts,
    common: Vec<Field>,
    languages: Vec<Lang>,
    /// The digest of all of it.
    pub digest: Digest,
}

impl<'a> Grammar<'a> {
    /// The grammar of a site.
    pub fn new(site: &'a Site, schema: &'a Schema, components: &'a Components, parts: &'a Parts) -> Grammar<'a> {
        let mut common = common_fields();
        common.extend(site.taxonomies.iter().map(|(name, own)| Field::new(name, Type::Text.list(), &own.title)));
        let languages = site.all_languages();
        let names: Vec<&String> = site.taxonomies.keys().collect();
        let digest = Digest::of_value(&(schema, names, &languages, components, site.smart_punctuation));
        Grammar { site, schema, components, parts, common, languages, digest }
    }

    /// The id and language that a file's path gives it, and whether it stands for its folder.
    pub fn name(&self, path: &SitePath) -> (String, Lang, bool) {
        let path = nfc(path);
        let inner = path.strip_prefix("content/").unwrap_or(&path);
        let stem = inner.strip_suffix(".md").unwrap_or(inner);
        let (stem, lang) = match stem.rsplit_once('.') {
            Some((rest, tag)) => match self.languages.iter().find(|lang| lang.tag() == tag) {
                Some(lang) => (rest, lang.clone()),
                None => (stem, self.site.language.clone()),
            },
            None => (stem, self.site.language.clone()),
        };
        match stem.strip_suffix("index") {
            Some("") => ("index".into(), lang, true),
            Some(folder) if folder.ends_with('/') => (folder.trim_end_matches('/').into(), lang, true),
            _ => (stem.into(), lang, false),
        }
    }
}

/// Reads one page.
pub fn read(path: &SitePath, bytes: &[u8], grammar: &Grammar) -> Parsed {
    let (id, lang, is_section) = grammar.name(path);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = Span::new(error.valid_up_to()..error.valid_up_to());
            let finding = Finding::not_utf8(Place::span(path, at));
            return broken(path, grammar, finding);
        }
    };
    let (yaml_range, body) = match fence::split(text) {
        Fence::Front(yaml, body) => (Some(yaml), body),
        Fence::None(body) if grammar.schema.declared => {
            let help =
                "Begin the file with a line of three hyphens (---), then \"title: …\", then three hyphens again.";
            let first = text[body..].lines().next().unwrap_or_default().len();
            let place = Place::span(path, Span::new(body..body + first));
            let empty = text[body..].trim().is_empty();
            let message = if empty { "this page is empty" } else { "this page has no front matter" };
            let finding = Finding::new(Rule::READ_FRONT_MATTER, place, message, help);
            return broken(path, grammar, finding);
        }
        Fence::None(body) => (None, body),
        Fence::Wrong(wrong) => {
            let place = Place::span(path, wrong.span);
            let finding = Finding::new(Rule::READ_FRONT_MATTER, place, wrong.message, wrong.help);
            return broken(path, grammar, finding);
        }
    };
    let front_span = yaml_range.as_ref().map_or(Span::new(body..body), |range| {
        Span::new(range.start..range.start + text[range.clone()].lines().next().unwrap_or_default().len())
    });
    let node = match &yaml_range {
        Some(range) => match yaml::parse(&text[range.clone()], range.start) {
            Ok(node) => node,
            Err(fault) => {
                let place = Place::span(path, fault.span);
                let message = format!("the front matter cannot be read: {}", fault.message);
                let finding = Finding::new(Rule::READ_YAML, place, message, fault.help);
                return broken(path, grammar, finding);
            }
        },
        None => yaml::Node { data: yaml::Data::Map(Vec::new()), span: front_span },
    };
    if !matches!(node.data, yaml::Data::Map(_)) {
        let help = "Write one \"key: value\" a line between the fences.";
        let message = format!("the front matter is {} and not keys with values", node.describe());
        let finding = Finding::new(Rule::READ_FRONT_MATTER, Place::span(path, node.span), message, help);
        return broken(path, grammar, finding);
    }
    let node = yaml::Node { span: front_span, ..node };
    build(path, text, body, &node, yaml_range.is_some(), (id, lang, is_section), grammar)
}

fn build(
    path: &SitePath,
    text: &str,
    body: usize,
    node: &yaml::Node,
    has_front: bool,
    (id, lang, is_section): (String, Lang, bool),
    grammar: &Grammar,
) -> Parsed {
    let schema = grammar.schema;
    let mut findings = Vec::new();
    let kind = kind_of(path, node, &id, is_section, schema, &mut findings);
    let common: Vec<&Field> = grammar.common.iter().collect();
    // A kind that nobody knows is reported once, and not again at each of its fields.
    let doubtful = schema.uncertain || !findings.is_empty();
    // A translation says only what it says in other words: the rest is as in the page that it translates.
    let mut own_kind = std::borrow::Cow::Borrowed(schema.kind(&kind));
    if lang != grammar.site.language {
        own_kind.to_mut().fields.iter_mut().for_each(|field| field.required = false);
    }
    let mut front = front::read(path, text, node, schema, &own_kind, &common, doubtful);
    findings.append(&mut front.findings);
    let common = Value::Record(std::mem::take(&mut front.common));
    let string = |key: &str| common.get(key).and_then(Value::as_str).map(|text| text.trim().to_string());
    let date = |key: &str| common.get(key).and_then(Value::as_date);
    let texts = |key: &str| common.get(key).map(Value::texts).unwrap_or_default();
    let flag = |key: &str, usual| common.get(key).and_then(Value::as_bool).unwrap_or(usual);
    let lang = string("lang").and_then(|tag| read_lang(path, &front.fields, &tag, &mut findings)).unwrap_or(lang);

    let written_title = string("title").filter(|title| !title.is_empty());
    let placeable = placeable(schema, &kind);
    let mut expanded = expand::expand(path, &text[body..], body, grammar.parts, &lang);
    findings.append(&mut expanded.findings);
    let dialect = Dialect {
        typography: Typography::of(&lang, grammar.site.smart_punctuation),
        untitled: written_title.is_none() && !schema.declared,
        placeable: &placeable,
        components: grammar.components,
    };
    let outline = outline::read(&expanded.text, dialect);
    if written_title.is_none() && schema.declared {
        let mut reader = crate::settings::read::Reader::new(path);
        let title = Field::new("title", Type::Text, "").required();
        let value: Vec<_> = string("title").map(|t| ("title".to_string(), Value::Text(t))).into_iter().collect();
        reader.required(&title, &value, node.entries(), node.span, &|key| COMMON_KEYS.contains(&key));
        findings.append(&mut reader.findings);
    }
    for (rule, span, message, help) in outline.troubles {
        let (file, span) = expanded.place(span);
        findings.push(Finding::new(rule, Place::span(file, span), message, help));
    }
    let words =
        Digest::of_value(&(&written_title, string("summary"), string("short"), &front.content.fields, &*expanded.text));
    let titled_by_heading = written_title.is_none() && outline.title.is_some();
    let title = written_title.or(outline.title).unwrap_or_else(|| title_of_file(&id));
    let mut places = Places { front: node.span, fields: front.fields, edges: front.edges, ..Places::default() };
    let headings = outline.headings.into_iter().enumerate().map(|(i, (heading, span))| {
        places.headings.push(in_page(path, &expanded, span, Mark::Heading(i as u32), &mut places.elsewhere));
        heading
    });
    let headings: Vec<Heading> = headings.collect();
    let mut links = Vec::with_capacity(outline.links.len() + front.content.links.len());
    for (i, (mut link, span)) in outline.links.into_iter().enumerate() {
        seen_from(path, expanded.place(span).0, &mut link);
        places.links.push(in_page(path, &expanded, span, Mark::Link(i as u32), &mut places.elsewhere));
        links.push(link);
    }
    let text_links = links.len() as u32;
    links.append(&mut front.content.links);
    places.links.append(&mut front.links);
    front.content.links = links;
    let includes = matches!(expanded.text, std::borrow::Cow::Owned(_));

    let page = Page {
        titled_by_heading,
        title,
        short: string("short"),
        tab_title: string("tab_title"),
        summary: string("summary").filter(|summary| !summary.is_empty()),
        weight: common.get("weight").and_then(Value::as_number),
        slug: string("slug"),
        template: string("template"),
        extra: common.get("extra").cloned().unwrap_or(Value::Record(Vec::new())),
        date: date("date"),
        updated: date("updated"),
        reviewed: date("reviewed"),
        review_by: date("review_by"),
        reviewed_by: texts("reviewed_by"),
        reviewable: node.get("reviewed_by").is_some() || node.get("reviewed").is_some() || date("review_by").is_some(),
        authors: texts("authors"),
        published: (date("publish_from"), date("publish_until")),
        status: match string("status").as_deref() {
            Some("draft") => Status::Draft,
            Some("retired") => Status::Retired,
            _ => Status::Live,
        },
        aliases: texts("aliases"),
        also_known_as: texts("also_known_as"),
        searches: texts("searches"),
        inflections: texts("inflections"),
        lists: common.get("list").map_or(&[][..], Value::items).iter().map(Query::of).collect(),
        maps: common.get("map").map_or(&[][..], Value::items).iter().map(MapQuery::of).collect(),
        toc: common.get("toc").and_then(Value::as_bool),
        glossary: flag("glossary", true),
        noindex: flag("noindex", false),
        search: flag("search", true),
        feed: flag("feed", true),
        sitemap: flag("sitemap", true),
        a_z: flag("a_z", true),
        urgent_help_in_full: string("urgent_help").map(|how| how == FULL),
        source_digest: string("source_digest"),
        terms: grammar
            .site
            .taxonomies
            .keys()
            .filter_map(|name| Some((name.clone(), common.get(name)?.texts())))
            .collect(),
        text_links,
        outline: headings,
        anchors: outline.anchors,
        placed: outline.placed,
        has_html: outline.has_html,
        has_front,
        content: front.content,
        broken: false,
        ..Page::unread(path, (id, lang, is_section), kind)
    };
    Parsed { facts: Digest::of_value(&page), page, places, body: body as u32, includes, words, findings }
}

/// The bytes of a part of the text, in the page; of one that another file has, they are noted too.
fn in_page(
    path: &SitePath,
    expanded: &Expanded,
    span: Span,
    mark: Mark,
    elsewhere: &mut Vec<(Mark, SitePath, Span)>,
) -> Span {
    let (file, own) = expanded.place(span);
    if file != path {
        elsewhere.push((mark, file.clone(), own));
    }
    own
}

/// Rewrites a link of an included file, which is relative to that file, as the page would write it.
fn seen_from(page: &SitePath, file: &SitePath, link: &mut Link) {
    if file == page || !matches!(link.kind, LinkKind::Relative | LinkKind::Image) || link.target.starts_with('/') {
        return;
    }
    let (path, anchor) =
        link.target.split_once('#').map_or((link.target.as_str(), None), |(path, at)| (path, Some(at)));
    let Some(meant) = file.beside(path) else { return };
    let up = "../".repeat(page.matches('/').count());
    link.target = match anchor {
        Some(anchor) => format!("{up}{meant}#{anchor}"),
        None => format!("{up}{meant}"),
    };
}

fn kind_of(
    path: &SitePath,
    node: &yaml::Node,
    id: &str,
    is_section: bool,
    schema: &Schema,
    findings: &mut Vec<Finding>,
) -> String {
    let by_folder = if is_section { PLAIN } else { schema.kind_of_folder(id) };
    let Some((written, name)) = node.get("kind").and_then(|node| Some((node, node.text()?))) else {
        return by_folder.into();
    };
    match schema.kinds.get(name) {
        Some(kind) if kind.data.is_none() => name.into(),
        Some(_) => {
            let message = format!("\"{name}\" is a kind of data and not of page");
            let help = "Write the entry into its file in content/_data/, or choose another kind.";
            findings.push(Finding::new(Rule::NAMES_KIND, Place::span(path, written.span), message, help));
            by_folder.into()
        }
        None => {
            let help = did_you_mean(name, schema.kinds.keys().map(String::as_str), || {
                format!("The kinds are {}.", schema.kinds.keys().cloned().collect::<Vec<_>>().join(", "))
            });
            let message = format!("there is no kind \"{name}\"");
            findings.push(Finding::new(Rule::NAMES_KIND, Place::span(path, written.span), message, help));
            by_folder.into()
        }
    }
}

/// The names of what a block of a page of that kind may place: its fields, its relations from
/// either end, and the entries of a data kind.
fn placeable<'a>(schema: &'a Schema, kind: &'a str) -> Vec<&'a str> {
    let fields = schema.kind(kind).fields.iter().map(|field| field.name.as_str());
    let data = schema.data_kinds().map(|(kind, _)| kind.name.as_str());
    fields.chain(schema.relation_keys(kind)).chain(data).collect()
}

fn read_lang(path: &SitePath, fields: &[(String, Span)], tag: &str, findings: &mut Vec<Finding>) -> Option<Lang> {
    let lang = Lang::parse(tag);
    if lang.is_none() {
        let span = fields.iter().find(|(name, _)| name == "lang").map_or(Span::default(), |(_, span)| *span);
        let message = format!("\"{tag}\" is not a language tag");
        findings.push(Finding::new(
            Rule::FIELDS_VALUE,
            Place::span(path, span),
            message,
            "Write a tag like en, es or ar.",
        ));
    }
    lang
}

/// A page of which only the name is known. It keeps its id, so that one fault is not reported
/// again at every link that leads to it.
pub fn broken(path: &SitePath, grammar: &Grammar, finding: Finding) -> Parsed {
    let (id, lang, is_section) = grammar.name(path);
    let kind = if is_section { PLAIN } else { grammar.schema.kind_of_folder(&id) };
    let page = Page::unread(path, (id, lang, is_section), kind.into());
    let facts = Digest::of_value(&page);
    let findings = vec![finding];
    Parsed { page, places: Places::default(), body: 0, includes: false, words: Digest::of(b""), facts, findings }
}

impl Parsed {
    /// Where a part of the page is, as findings of later stages name it.
    pub fn place(&self, mark: Mark) -> Place {
        Place::mark(&self.page.path, mark)
    }
}
