//! What a page says of itself: the facts that the rest of the guide is made of.

use super::content::{Content, Heading};
use crate::{
    base::{date::Date, lang::Lang, path::SitePath},
    settings::{
        query::{MapQuery, Query},
        value::Value,
    },
};
use serde::{Deserialize, Serialize};

/// Where a page stands on its way to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Status {
    /// Built only with `--drafts`.
    Draft,
    /// Published.
    #[default]
    Live,
    /// Withdrawn.
    Retired,
}

/// What a page says: facts only, no text and no spans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its file.
    pub path: SitePath,
    /// Its path without extension, language and `content/`; a folder's page has the folder's.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// Whether it stands for its folder.
    pub is_section: bool,
    /// Whether its front matter could not be read: then it has an id and nothing else.
    pub broken: bool,
    /// Its kind.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Whether the title is the first heading of the text, which is then not shown twice.
    pub titled_by_heading: bool,
    /// Its name in menus.
    pub short: Option<String>,
    /// What the browser's tab and history say instead of its title.
    pub tab_title: Option<String>,
    /// One or two sentences about it.
    pub summary: Option<String>,
    /// Its place among its neighbours, lightest first; pages without one come last.
    pub weight: Option<f64>,
    /// The last part of its URL.
    pub slug: Option<String>,
    /// Another template.
    pub template: Option<String>,
    /// Free values for the template.
    pub extra: Value,
    /// When it was first published.
    pub date: Option<Date>,
    /// When it was last changed in substance.
    pub updated: Option<Date>,
    /// When it was last reviewed.
    pub reviewed: Option<Date>,
    /// When the next review is due.
    pub review_by: Option<Date>,
    /// Who reviewed it.
    pub reviewed_by: Vec<String>,
    /// Whether the front matter speaks of review at all.
    pub reviewable: bool,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// First and last day of publication.
    pub published: (Option<Date>, Option<Date>),
    /// Draft, live or retired.
    pub status: Status,
    /// Old addresses.
    pub aliases: Vec<String>,
    /// Other names.
    pub also_known_as: Vec<String>,
    /// Other forms of the name.
    pub inflections: Vec<String>,
    /// What a reader may type who needs it.
    pub searches: Vec<String>,
    /// The lists that it asks for.
    pub lists: Vec<Query>,
    /// The maps that it asks for.
    pub maps: Vec<MapQuery>,
    /// Whether it shows a table of contents, where it says so.
    pub toc: Option<bool>,
    /// Whether words of the glossary are linked.
    pub glossary: bool,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Whether the site's own search finds it.
    pub search: bool,
    /// Whether it stands in feeds.
    pub feed: bool,
    /// Whether it stands in the sitemap.
    pub sitemap: bool,
    /// Whether it stands in the A–Z.
    pub a_z: bool,
    /// Whether it shows urgent help in full, where it says so.
    pub urgent_help_in_full: Option<bool>,
    /// Of a translation, the digest of what was translated.
    pub source_digest: Option<String>,
    /// Its terms by taxonomy.
    pub terms: Vec<(String, Vec<String>)>,
    /// Fields, relations, links.
    pub content: Content,
    /// The links of the text are the first so many of the content's.
    pub text_links: u32,
    /// The headings of the text.
    pub outline: Vec<Heading>,
    /// The ids of its blocks.
    pub anchors: Vec<String>,
    /// The names of the fields, relations and data kinds that the text places.
    pub placed: Vec<String>,
    /// Whether the text has raw HTML.
    pub has_html: bool,
    /// Whether the file has front matter.
    pub has_front: bool,
}

impl Page {
    /// A page of which only the name and the kind are known.
    pub fn unread(path: &SitePath, (id, lang, is_section): (String, Lang, bool), kind: String) -> Page {
        Page {
            path: path.clone(),
            title: title_of_file(&id),
            kind,
            id,
            lang,
            is_section,
            broken: true,
            titled_by_heading: false,
            short: None,
            tab_title: None,
            summary: None,
            weight: None,
            slug: None,
            template: None,
            extra: Value::Null,
            date: None,
            updated: None,
            reviewed: None,
            review_by: None,
            reviewed_by: Vec::new(),
            reviewable: false,
            authors: Vec::new(),
            published: (None, None),
            status: Status::Live,
            aliases: Vec::new(),
            also_known_as: Vec::new(),
            inflections: Vec::new(),
            searches: Vec::new(),
            lists: Vec::new(),
            maps: Vec::new(),
            toc: None,
            glossary: true,
            noindex: false,
            search: true,
            feed: true,
            sitemap: true,
            a_z: true,
            urgent_help_in_full: None,
            source_digest: None,
            terms: Vec::new(),
            content: Content::default(),
            text_links: 0,
            outline: Vec::new(),
            anchors: Vec::new(),
            placed: Vec::new(),
            has_html: false,
            has_front: false,
        }
    }
}

/// `content/group-work.md` without any title is called "Group work".
pub fn title_of_file(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id).replace(['-', '_'], " ");
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
