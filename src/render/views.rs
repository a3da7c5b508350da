//! What a template sees: plain values and nothing else. [`viewer`](super::viewer) makes them.

use super::list_views::{CellView, LetterView, LinesView, ListView, MapView, PagingView, RegisterView, UncheckedView};
use serde::Serialize;
use std::collections::BTreeMap;

/// The same for all pages of one language.
///
/// Rendered pages depend on its digest as a whole.
#[derive(Debug, Serialize)]
pub struct SiteView {
    /// The name of the site in this language.
    pub title: String,
    /// The language tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The address of the home page of this language.
    pub home: String,
    /// The address of the A to Z. Empty if there is none.
    pub a_z: String,
    /// The address of the list of reviews. Empty if there is none.
    pub review: String,
    /// Icons and the web manifest.
    pub icons: Vec<IconView>,
    /// Whether `layout: manual` stands in `guide.yaml`.
    pub is_manual: bool,
    /// The address of the feed of the site in this language. Empty if there is none.
    pub feed: String,
    /// Whether pages carry Open Graph.
    pub open_graph: bool,
    /// The `sizes` of pictures in `theme.yaml`.
    pub sizes: String,
    /// The path that every address begins with: `/` or `/guide/`.
    pub base_path: String,
    /// `site.menus.main`. A menu that `guide.yaml` does not have is not there.
    pub menus: BTreeMap<String, Vec<LinkView>>,
    /// The page for urgent help. Its `url` is empty if there is none.
    pub urgent_help: LinkView,
    /// Every entry of a kind with numbers to ring or to text. Empty if the site keeps none.
    pub urgent_lines: Vec<LinesView>,
    /// The address of a neutral page elsewhere, for readers who have to leave at once. May be empty.
    pub exit: String,
    /// What the tab and the history of the browser call the site: the key `tab_title` of `guide.yaml`, or else its title.
    pub tab_title: String,
    /// The key `search` of `guide.yaml`.
    pub search: bool,
    /// The address of the page of the search in this language. Empty if there is none.
    pub search_url: String,
    /// The address of the module that searches.
    pub search_module: String,
    /// The key `search_address` of `guide.yaml`: whether the address of that page says what was searched for.
    pub search_address: bool,
    /// `site.publisher.name`. Placeholders are left out.
    pub publisher: BTreeMap<String, String>,
    /// The address of the style sheet.
    pub style: String,
    /// The addresses of the scripts.
    pub scripts: Vec<String>,
    /// The addresses of the theme's other files: `site.files["fonts/a.woff2"]`.
    pub files: BTreeMap<String, String>,
    /// The words of the interface.
    pub labels: BTreeMap<String, String>,
    /// The key `extra` of `guide.yaml`.
    pub extra: serde_json::Value,
}

/// A link.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LinkView {
    /// Its words. In menus and breadcrumbs the short title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The language of its words, where that is not the page's. Else empty.
    pub lang: String,
}

/// A file that browsers look for beside the pages.
#[derive(Debug, Clone, Serialize)]
pub struct IconView {
    /// `icon`, `apple-touch-icon` or `manifest`.
    pub rel: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its address.
    pub url: String,
}

/// A page in another language.
#[derive(Debug, Clone, Serialize)]
pub struct LanguageView {
    /// The language tag.
    pub lang: String,
    /// What the language calls itself.
    pub name: String,
    /// The address of this page in it, within the host.
    pub url: String,
    /// The same with the host.
    pub canonical: String,
    /// Whether it is the language of this page.
    pub is_current: bool,
    /// Whether the page really is in that language, and does not only stand in.
    pub is_translated: bool,
}

/// A page in the tree of sections.
#[derive(Debug, Clone, Serialize)]
pub struct TreeView {
    /// The page.
    pub link: LinkView,
    /// Whether it is this page.
    pub is_current: bool,
    /// What belongs under it, where it leads to this page. Else empty.
    pub children: Vec<TreeView>,
}

/// A source that a page cites.
#[derive(Debug, Clone, Serialize)]
pub struct SourceView {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Where the site says more about it.
    pub url: String,
    /// The language of what it is called, where that is not the page's. Else empty.
    pub lang: String,
    /// Where it can be read: the first of its fields that is an address or a number of a publication. May be empty.
    pub external: String,
    /// What its field `year` says. May be empty.
    pub year: String,
    /// Whether somebody has checked it.
    pub check: CheckView,
}

/// Whether an entry was checked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckView {
    /// Whether the schema has `verify` for this kind.
    pub is_kept: bool,
    /// Whether nobody has checked it.
    pub is_open: bool,
    /// Whether that is too long ago.
    pub is_stale: bool,
    /// A sentence: checked when and by whom, or not yet.
    pub text: String,
    /// A sentence that says how old it is, where that is too old. Else empty.
    pub age: String,
}

/// A page or an entry, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct CardView {
    /// What it is called.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its summary. Empty for an entry.
    pub summary: String,
    /// Its kind.
    pub kind: String,
    /// What one of its kind is called. Empty for a kind of page without a folder.
    pub kind_title: String,
    /// The language of its words, where that is not the page's. Else empty.
    pub lang: String,
    /// Of a term, how many pages it has. Else 0.
    pub count: u32,
    /// In a list with `show`: one for each of its columns. Else empty.
    pub cells: Vec<CellView>,
}

/// A heading of the text.
#[derive(Debug, Serialize)]
pub struct HeadingView<'a> {
    /// 2 to 6.
    pub level: u8,
    /// Its name for links.
    pub id: &'a str,
    /// Its words.
    pub title: &'a str,
}

/// A field of a page, as HTML.
#[derive(Debug, Clone, Serialize)]
pub struct FieldView {
    /// Its name in the schema.
    pub name: String,
    /// Its heading.
    pub heading: String,
    /// Its style in the schema.
    pub style: String,
    /// Its value.
    pub html: String,
    /// The language of its value, where that is not the page's. Else empty.
    pub lang: String,
}

/// A relation of a page, seen from one end.
#[derive(Debug, Clone, Serialize)]
pub struct RelationView {
    /// Its name at this end.
    pub name: String,
    /// Its heading at this end.
    pub heading: String,
    /// One for each page or entry at the other end.
    pub items: Vec<RelatedView>,
}

/// The far end of a relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelatedView {
    /// That page or entry.
    pub card: CardView,
    /// What stands on the relation.
    pub data: Vec<DataView>,
}

/// A value that stands on a relation.
#[derive(Debug, Clone, Serialize)]
pub struct DataView {
    /// Its name in the schema.
    pub name: String,
    /// Its heading in the schema, or else its name in words: `who_for` is "Who for".
    pub label: String,
    /// Its value.
    pub html: String,
    /// The language of its value, where that is not the page's. Else empty.
    pub lang: String,
}

/// A part of the text. One of the seven is there.
#[derive(Debug, Default, Serialize)]
pub struct PieceView {
    /// Text. Else empty.
    pub html: String,
    /// A field that the text places.
    pub field: Option<FieldView>,
    /// A relation that the text places.
    pub relation: Option<RelationView>,
    /// The entries of a data kind that the text places. Else empty.
    pub entries: Vec<EntryView>,
    /// Whether the table of contents stands here.
    pub toc: bool,
    /// Whether the lists stand here.
    pub lists: bool,
    /// Whether the maps stand here.
    pub maps: bool,
}

/// An entry of a data kind.
#[derive(Debug, Clone, Serialize)]
pub struct EntryView {
    /// Its code in the data file.
    pub code: String,
    /// Whether its kind is shown in groups.
    pub is_grouped: bool,
    /// The heading of the group that begins with it. Empty for the others of the group.
    pub group: String,
    /// The language of that heading, where that is not the page's. Else empty.
    pub group_lang: String,
    /// Whether texts cite it by that code.
    pub is_citable: bool,
    /// Its name for links on the page.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What one of its kind is called.
    pub kind_title: String,
    /// Whether the search finds it: no if its kind has `search: no`.
    pub is_searched: bool,
    /// What it is called.
    pub title: String,
    /// Its fields that have a heading, and its prose.
    pub fields: Vec<FieldView>,
    /// Its relations.
    pub relations: Vec<RelationView>,
    /// The pages that cite it or link to it.
    pub cited_on: Vec<LinkView>,
    /// The pages that use it as a word of the glossary.
    pub used_on: Vec<LinkView>,
    /// Whether somebody has checked it.
    pub check: CheckView,
    /// Its language, where that is not the page's. Else empty.
    pub lang: String,
}

/// Sentences in the language of the page. Each is empty where there is nothing to say.
#[derive(Debug, Default, Serialize)]
pub struct ReviewView {
    /// Who reviewed it and when, or that nobody has.
    pub text: String,
    /// When it was last changed.
    pub updated: String,
    /// When the next review is due.
    pub due: String,
    /// Whether that day is past.
    pub overdue: bool,
    /// The days for machines, `2026-11-20`: published, changed, reviewed. Each may be empty.
    pub dates: [String; 3],
}

/// Everything about one page but its text.
///
/// The digest of its layout is made of it.
#[derive(Debug, Serialize)]
pub struct PageView<'a> {
    /// Its id, like `pests/slugs`.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What the tab and the history of the browser say: the key `tab_title` of the page, or else its title.
    pub tab_title: &'a str,
    /// One or two sentences.
    pub summary: &'a str,
    /// Its address within the host.
    pub url: String,
    /// Its whole address, with the host.
    pub canonical: String,
    /// Its language tag.
    pub lang: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The language tag of its text, which differs where it stands in for a translation.
    pub text_lang: &'a str,
    /// `ltr` or `rtl`, of the text.
    pub text_dir: &'static str,
    /// Whether it stands in for a translation.
    pub is_fallback: bool,
    /// It in every language. Empty in a site of one language.
    pub languages: Vec<LanguageView>,
    /// Its kind, like `problem`.
    pub kind: &'a str,
    /// What one of its kind is called. Empty if the kind has no folder.
    pub kind_title: &'a str,
    /// Whether it is the home page of its language.
    pub is_home: bool,
    /// Whether it is the page of a folder or of a taxonomy.
    pub is_section: bool,
    /// Whether search engines are asked to leave it out: by itself, as a stand-in, or in a preview.
    pub noindex: bool,
    /// How it shows urgent help: `full` or `compact`.
    pub urgent_help: &'static str,
    /// Its relations, those that its text places left out.
    pub relations: Vec<RelationView>,
    /// Those that its text places.
    pub placed: Vec<RelationView>,
    /// The headings of the text.
    pub contents: Vec<HeadingView<'a>>,
    /// The pages above it, home first.
    pub breadcrumbs: Vec<LinkView>,
    /// The sections of the site, with those open that lead to this page. Empty unless `site.is_manual`.
    pub tree: Vec<TreeView>,
    /// The page before it in its section.
    pub previous: Option<LinkView>,
    /// The page after it.
    pub next: Option<LinkView>,
    /// The pages that belong under it. Of a term: the pages that have it.
    pub children: Vec<CardView>,
    /// The pages that mention it and have no relation with it.
    pub mentions: Vec<LinkView>,
    /// Its terms, by taxonomy.
    pub terms: Vec<TermsView>,
    /// The sources that it cites.
    pub sources: Vec<SourceView>,
    /// Whether it shows them at the top as a table of contents.
    pub toc: bool,
    /// The lists that it or its kind asks for.
    pub lists: Vec<ListView>,
    /// Whether its text places them.
    pub lists_placed: bool,
    /// The maps that it asks for.
    pub maps: Vec<MapView>,
    /// Whether its text places them.
    pub maps_placed: bool,
    /// The A to Z, on the page that shows it.
    pub a_z: Vec<LetterView>,
    /// The list of reviews, on the page that shows it.
    pub register: Vec<RegisterView>,
    /// On the same page: the entries that nobody has checked, or not for too long.
    pub unchecked: Vec<UncheckedView>,
    /// On the same page: the keys of `publisher` that are still to be filled in.
    pub placeholders: Vec<String>,
    /// Its place among the pages of a term.
    pub paging: Option<PagingView>,
    /// Of a word of the glossary, the pages that use it.
    pub used_on: Vec<LinkView>,
    /// The address of its feed: of a section or term. Empty if it has none.
    pub feed: String,
    /// The whole address of its picture for link previews. May be empty.
    pub image: String,
    /// What that picture shows.
    pub image_alt: String,
    /// The address of its copy in Markdown. May be empty.
    pub markdown: String,
    /// What is known of its review.
    pub review: ReviewView,
    /// The key `extra` of its front matter. Nothing, for a page that is made.
    pub extra: serde_json::Value,
}

/// The terms of a page in one taxonomy.
#[derive(Debug, Serialize)]
pub struct TermsView {
    /// What the taxonomy is called.
    pub title: String,
    /// The terms of the page in it.
    pub terms: Vec<LinkView>,
}

/// The text of the page, ready to be shown.
#[derive(Debug, Serialize)]
pub struct BodyView {
    /// The parts of the text.
    pub pieces: Vec<PieceView>,
    /// Fields with a heading and `place: top` that the text does not place.
    pub top: Vec<FieldView>,
    /// The other fields with a heading that the text does not place.
    pub end: Vec<FieldView>,
}
