//! What a template sees: plain values and nothing else. [`viewer`](super::viewer) makes them.

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
    /// The path that every address begins with: `/` or `/guide/`.
    pub base_path: String,
    /// Menus by name.
    pub menus: BTreeMap<String, Vec<LinkView>>,
    /// The page for urgent help; `url` is empty when there is none.
    pub urgent_help: LinkView,
    /// Whether the site has a search.
    pub search: bool,
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
}

/// A part of a text: one of the four is there, the others are empty.
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
}

/// An entry of a data kind on the page that shows it.
#[derive(Debug, Clone, Serialize)]
pub struct EntryView {
    /// Its code.
    pub code: String,
    /// Its `id`.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Its other fields that have a heading, and its prose.
    pub fields: Vec<FieldView>,
    /// Its relations.
    pub relations: Vec<RelationView>,
    /// The pages that cite it.
    pub cited_on: Vec<LinkView>,
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
}

/// Everything about one page but its text: what the digest of its layout is made of.
#[derive(Debug, Serialize)]
pub struct PageView<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a str,
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
    /// The page's own relations, the placed ones left out.
    pub relations: Vec<RelationView>,
    /// Those that its text places.
    pub placed: Vec<RelationView>,
    /// The headings of the text.
    pub contents: Vec<HeadingView<'a>>,
    /// The pages above it, home first.
    pub breadcrumbs: Vec<LinkView>,
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
    pub sources: Vec<LinkView>,
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
