//! What a template sees: plain values and nothing else. [`viewer`](super::viewer) makes them.

use super::list_views::{CellView, LetterView, LinesView, ListView, MapView, PagingView, RegisterView, UncheckedView};
use serde::Serialize;
use std::collections::BTreeMap;

/// What every page of one language shares. Rendered pages depend on its digest as a whole.
#[derive(Debug, Serialize)]
pub struct SiteView {
    /// The name of the site.
    pub title: String,
    /// The language.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The address of home.
    pub home: String,
    /// The address of the index from A to Z; empty when there is none.
    pub a_z: String,
    /// The address of the register of reviews; empty when there is none.
    pub review: String,
    /// The addresses of icons and of the web manifest: `rel`, `type`, address.
    pub icons: Vec<IconView>,
    /// Whether pages show the tree of sections beside them.
    pub is_manual: bool,
    /// The feed of the whole site; empty when there is none.
    pub feed: String,
    /// Whether pages carry Open Graph.
    pub open_graph: bool,
    /// How wide pictures are shown: for `sizes`.
    pub sizes: String,
    /// The path that every address begins with: `/` or `/guide/`.
    pub base_path: String,
    /// Menus by name.
    pub menus: BTreeMap<String, Vec<LinkView>>,
    /// The page for urgent help; `url` is empty when there is none.
    pub urgent_help: LinkView,
    /// The lines to ring or to text, where the site keeps them as data.
    pub urgent_lines: Vec<LinesView>,
    /// A neutral page elsewhere, for readers who have to leave at once; may be empty.
    pub exit: String,
    /// What the browser's tab and history call the site: its title, unless that would tell too much.
    pub tab_title: String,
    /// Whether the site has a search.
    pub search: bool,
    /// The address of its page; empty when there is none.
    pub search_url: String,
    /// The address of the module that searches.
    pub search_module: String,
    /// Whether the address of that page says what was searched for.
    pub search_address: bool,
    /// Who is behind the site, placeholders left out.
    pub publisher: BTreeMap<String, String>,
    /// The address of the style sheet.
    pub style: String,
    /// The addresses of the modules.
    pub scripts: Vec<String>,
    /// The addresses of the theme's other files, by name.
    pub files: BTreeMap<String, String>,
    /// The words of the interface.
    pub labels: BTreeMap<String, String>,
    /// Free values of guide.yaml.
    pub extra: serde_json::Value,
}

/// A link.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LinkView {
    /// Its words.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The language of its words, where that is not the page's.
    pub lang: String,
}

/// A file that browsers look for beside the pages.
#[derive(Debug, Clone, Serialize)]
pub struct IconView {
    /// What it is: `icon`, `apple-touch-icon`, `manifest`.
    pub rel: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its address.
    pub url: String,
}

/// A page in another language.
#[derive(Debug, Clone, Serialize)]
pub struct LanguageView {
    /// The language.
    pub lang: String,
    /// What the language calls itself.
    pub name: String,
    /// The address within the host.
    pub url: String,
    /// The whole address.
    pub canonical: String,
    /// Whether it is this page.
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
    /// What belongs under it, where it leads to this page.
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
    /// The language of that, where it is not the page's.
    pub lang: String,
    /// Where it can be read; may be empty.
    pub external: String,
    /// The year, or whatever else its field `year` says; may be empty.
    pub year: String,
    /// Whether somebody has checked it, if the site keeps that.
    pub check: CheckView,
}

/// Whether an entry was checked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckView {
    /// Whether the site keeps that of its kind at all.
    pub is_kept: bool,
    /// Whether nobody has checked it.
    pub is_open: bool,
    /// Whether the check is too old.
    pub is_stale: bool,
    /// A sentence for the reader: checked when and by whom, or not yet.
    pub text: String,
    /// A sentence for the reader where it is old; else empty.
    pub age: String,
}

/// A page, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct CardView {
    /// What it is called.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One or two sentences; may be empty.
    pub summary: String,
    /// Its kind.
    pub kind: String,
    /// What one of that kind is called.
    pub kind_title: String,
    /// The language of its words, where that is not the page's.
    pub lang: String,
    /// How many pages it has, of a term; else 0.
    pub count: u32,
    /// What a list shows of it: a cell for each column, empty where the page does not say.
    pub cells: Vec<CellView>,
}

/// A heading of the text.
#[derive(Debug, Serialize)]
pub struct HeadingView<'a> {
    /// 2 to 6.
    pub level: u8,
    /// Its `id`.
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
    /// A word for how it looks; may be empty.
    pub style: String,
    /// Its value.
    pub html: String,
    /// The language of its value, where that is not the page's.
    pub lang: String,
}

/// A relation of a page, seen from one end.
#[derive(Debug, Clone, Serialize)]
pub struct RelationView {
    /// Its name at this end.
    pub name: String,
    /// Its heading at this end.
    pub heading: String,
    /// The pages and entries at the other end.
    pub items: Vec<RelatedView>,
}

/// The far end of a relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelatedView {
    /// The page or entry.
    pub card: CardView,
    /// What stands on the relation: name, label, HTML. A reason comes without a label.
    pub data: Vec<DataView>,
}

/// A value that stands on a relation.
#[derive(Debug, Clone, Serialize)]
pub struct DataView {
    /// Its name in the schema.
    pub name: String,
    /// What a reader sees before it.
    pub label: String,
    /// Its value.
    pub html: String,
    /// Its language, where that is not the page's.
    pub lang: String,
}

/// A part of a text: one of the seven is there, the others are empty.
#[derive(Debug, Default, Serialize)]
pub struct PieceView {
    /// HTML.
    pub html: String,
    /// A placed field.
    pub field: Option<FieldView>,
    /// A placed relation.
    pub relation: Option<RelationView>,
    /// Placed entries of a data kind.
    pub entries: Vec<EntryView>,
    /// Whether the table of contents stands here.
    pub toc: bool,
    /// Whether the lists stand here.
    pub lists: bool,
    /// Whether the maps stand here.
    pub maps: bool,
}

/// An entry of a data kind on the page that shows it.
#[derive(Debug, Clone, Serialize)]
pub struct EntryView {
    /// Its code.
    pub code: String,
    /// Whether its kind is shown in groups.
    pub is_grouped: bool,
    /// The heading of the group that begins with it; empty for the others of the group.
    pub group: String,
    /// The language of that heading, where it is not the page's.
    pub group_lang: String,
    /// Whether texts cite it by that code.
    pub is_citable: bool,
    /// Its `id`.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What one of its kind is called.
    pub kind_title: String,
    /// Whether the site's search finds it.
    pub is_searched: bool,
    /// What it is called.
    pub title: String,
    /// Its other fields that have a heading, and its prose.
    pub fields: Vec<FieldView>,
    /// Its relations.
    pub relations: Vec<RelationView>,
    /// The pages that cite it.
    pub cited_on: Vec<LinkView>,
    /// The pages that use it as a word of the glossary.
    pub used_on: Vec<LinkView>,
    /// Whether somebody has checked it.
    pub check: CheckView,
    /// Its language, where that is not the page's.
    pub lang: String,
}

/// What is known of a page's review.
#[derive(Debug, Default, Serialize)]
pub struct ReviewView {
    /// "Not yet reviewed …", or who reviewed it and when. Empty where the page does not say.
    pub text: String,
    /// When it was last changed; may be empty.
    pub updated: String,
    /// When the next review is due; may be empty.
    pub due: String,
    /// Whether that day is past.
    pub overdue: bool,
    /// The days for machines: published, changed, reviewed; may be empty.
    pub dates: [String; 3],
}

/// Everything about one page but its text: what the digest of its layout is made of.
#[derive(Debug, Serialize)]
pub struct PageView<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What the browser's tab and history say: its title, unless that would tell too much.
    pub tab_title: &'a str,
    /// One or two sentences; may be empty.
    pub summary: &'a str,
    /// Its address within the host.
    pub url: String,
    /// Its whole address.
    pub canonical: String,
    /// Its language.
    pub lang: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The language of its text, where it stands in for a translation; else that of the page.
    pub text_lang: &'a str,
    /// `ltr` or `rtl`, of the text.
    pub text_dir: &'static str,
    /// Whether it stands in for a translation.
    pub is_fallback: bool,
    /// It in every language; empty where there is one only.
    pub languages: Vec<LanguageView>,
    /// Its kind.
    pub kind: &'a str,
    /// What one of its kind is called; empty for plain pages.
    pub kind_title: &'a str,
    /// Whether it is home.
    pub is_home: bool,
    /// Whether it stands for a folder.
    pub is_section: bool,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// How it shows urgent help: `full` or `compact`.
    pub urgent_help: &'static str,
    /// The page's own relations, the placed ones left out.
    pub relations: Vec<RelationView>,
    /// Those that its text places.
    pub placed: Vec<RelationView>,
    /// The headings of the text.
    pub contents: Vec<HeadingView<'a>>,
    /// The pages above it, home first.
    pub breadcrumbs: Vec<LinkView>,
    /// The sections of the site, those open that lead to this page, where the site shows them beside it.
    pub tree: Vec<TreeView>,
    /// The page before it in its section.
    pub previous: Option<LinkView>,
    /// The page after it.
    pub next: Option<LinkView>,
    /// The pages that belong under it.
    pub children: Vec<CardView>,
    /// The pages that mention it in their text.
    pub mentions: Vec<LinkView>,
    /// Its terms by taxonomy.
    pub terms: Vec<TermsView>,
    /// The sources that it cites.
    pub sources: Vec<SourceView>,
    /// Whether it shows a table of contents.
    pub toc: bool,
    /// The lists that it asks for.
    pub lists: Vec<ListView>,
    /// Whether its text places them.
    pub lists_placed: bool,
    /// The maps that it asks for.
    pub maps: Vec<MapView>,
    /// Whether its text places them.
    pub maps_placed: bool,
    /// The index from A to Z, on the page that shows it.
    pub a_z: Vec<LetterView>,
    /// The register of reviews, on the page that shows it.
    pub register: Vec<RegisterView>,
    /// What is to be checked in the data, on that page.
    pub unchecked: Vec<UncheckedView>,
    /// What the publisher has still to fill in, on that page.
    pub placeholders: Vec<String>,
    /// Its place among the pages of a term.
    pub paging: Option<PagingView>,
    /// Of a word of the glossary, the pages that use it.
    pub used_on: Vec<LinkView>,
    /// Its feed; empty when it has none.
    pub feed: String,
    /// Its picture for link previews; empty when it has none.
    pub image: String,
    /// What that picture shows.
    pub image_alt: String,
    /// Its copy in Markdown; empty when there is none.
    pub markdown: String,
    /// Its review.
    pub review: ReviewView,
    /// Free values of its front matter.
    pub extra: serde_json::Value,
}

/// The terms of a page in one taxonomy.
#[derive(Debug, Serialize)]
pub struct TermsView {
    /// What the taxonomy is called.
    pub title: String,
    /// The terms.
    pub terms: Vec<LinkView>,
}

/// The text of a page, ready for its template.
#[derive(Debug, Serialize)]
pub struct BodyView {
    /// The parts of the text.
    pub pieces: Vec<PieceView>,
    /// Fields for the top of the page.
    pub top: Vec<FieldView>,
    /// Fields for its end.
    pub end: Vec<FieldView>,
}
