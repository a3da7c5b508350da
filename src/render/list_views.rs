//! What a template sees of lists: queries, indexes, registers, maps, the lines for urgent help.

use super::views::{CardView, CheckView, DataView, LinkView};
use serde::Serialize;

/// A list that a page asked for; one that nothing fits is left out.
#[derive(Debug, Clone, Serialize)]
pub struct ListView {
    /// Its heading; may be empty.
    pub title: String,
    /// How it looks: `links`, `table`, `checklist`, `statements` or `worksheet`.
    pub look: String,
    /// The headings of a worksheet's empty columns.
    pub blanks: Vec<String>,
    /// What the pages are called, where all of them are of one kind; else empty.
    pub kind_title: String,
    /// What it shows of each page: in a table, the heading of each column.
    pub columns: Vec<ColumnView>,
    /// Its groups.
    pub groups: Vec<GroupView>,
}

/// What a list shows of each page.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnView {
    /// The name of the field, relation or taxonomy.
    pub name: String,
    /// What readers call it.
    pub heading: String,
}

/// What a page says under one key.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CellView {
    /// As HTML.
    pub html: String,
    /// As plain values, for statements.
    pub value: serde_json::Value,
    /// The language, where that is not the page's.
    pub lang: String,
}

/// Pages of a list that say the same.
#[derive(Debug, Clone, Serialize)]
pub struct GroupView {
    /// What they say; empty where nothing is grouped.
    pub heading: String,
    /// The pages.
    pub items: Vec<CardView>,
}

/// A letter of the A–Z.
#[derive(Debug, Clone, Serialize)]
pub struct LetterView {
    /// The letter.
    pub label: String,
    /// Its `id`.
    pub id: String,
    /// What begins with it.
    pub items: Vec<IndexItemView>,
}

/// A line of the A–Z.
#[derive(Debug, Clone, Serialize)]
pub struct IndexItemView {
    /// What it is called here.
    pub name: String,
    /// The language of that name, where it is not the page's.
    pub lang: String,
    /// Whether that is another name of what it leads to.
    pub is_other_name: bool,
    /// Where it leads.
    pub link: LinkView,
}

/// A row of the register of reviews.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterView {
    /// The page.
    pub link: LinkView,
    /// What one of its kind is called.
    pub kind_title: String,
    /// When it was reviewed; may be empty.
    pub reviewed: String,
    /// By whom; may be empty.
    pub reviewed_by: String,
    /// When the next review is due; may be empty.
    pub due: String,
    /// `never`, `overdue` or `current`.
    pub state: &'static str,
}

/// The entries of one kind in the register that nobody has checked, or not for too long.
#[derive(Debug, Clone, Serialize)]
pub struct UncheckedView {
    /// What the kind is called.
    pub heading: String,
    /// How many entries it has in all.
    pub count: u32,
    /// The entries.
    pub entries: Vec<UncheckedEntryView>,
}

/// An entry that is to be checked.
#[derive(Debug, Clone, Serialize)]
pub struct UncheckedEntryView {
    /// The entry.
    pub link: LinkView,
    /// What is known of its last check.
    pub text: String,
}

/// A page among the pages of a term.
#[derive(Debug, Clone, Serialize)]
pub struct PagingView {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub count: u32,
    /// All of them; the titles are their numbers.
    pub pages: Vec<LinkView>,
    /// The one before.
    pub previous: Option<LinkView>,
    /// The one after.
    pub next: Option<LinkView>,
    /// "Page 2 of 3".
    pub text: String,
}

/// The lines to ring in danger, of one region.
#[derive(Debug, Clone, Serialize)]
pub struct LinesView {
    /// Where they are; empty where the site does not group them.
    pub heading: String,
    /// The language of that, where it is not the page's.
    pub lang: String,
    /// The lines.
    pub lines: Vec<LineView>,
}

/// A line to ring or to text.
#[derive(Debug, Clone, Serialize)]
pub struct LineView {
    /// Where more is said about it.
    pub link: LinkView,
    /// Its numbers: what to do with each, and the number as HTML.
    pub numbers: Vec<DataView>,
    /// Whether somebody has checked it.
    pub check: CheckView,
}

/// A map of a relation: what leads to what.
#[derive(Debug, Clone, Serialize)]
pub struct MapView {
    /// Its heading; may be empty.
    pub title: String,
    /// The heading of the relation.
    pub heading: String,
    /// The lines between the two columns of the picture.
    pub svg: String,
    /// The first column, and the whole as a list: each page and what it leads to.
    pub rows: Vec<MapRowView>,
    /// The second column: everything that they lead to, each once.
    pub ends: Vec<LinkView>,
}

/// A page of a map and what it leads to.
#[derive(Debug, Clone, Serialize)]
pub struct MapRowView {
    /// The page.
    pub link: LinkView,
    /// What it leads to.
    pub to: Vec<LinkView>,
}
