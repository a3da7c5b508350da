//! What a template sees of lists: queries, indexes, registers, maps, the lines for urgent help.

use super::views::{CardView, CheckView, DataView, LinkView};
use serde::Serialize;

/// A list that a page asks for. One that nothing fits is not there.
#[derive(Debug, Clone, Serialize)]
pub struct ListView {
    /// Its heading. May be empty.
    pub title: String,
    /// `links`, `table`, `checklist`, `statements` or `worksheet`.
    pub look: String,
    /// The headings of the empty columns of a worksheet.
    pub blanks: Vec<String>,
    /// What the pages are called, where all of them are of one kind. Else empty.
    pub kind_title: String,
    /// One for each thing that it shows of a page.
    pub columns: Vec<ColumnView>,
    /// One for each group; without `group_by` one at most.
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

/// What a page says in one column of a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CellView {
    /// What it says. Empty where it says nothing.
    pub html: String,
    /// The same as plain values, of a field: for statements, the records with `text`, `why` and `urgent`.
    pub value: serde_json::Value,
    /// Its language, where that is not the page's. Else empty.
    pub lang: String,
}

/// Pages of a list that say the same.
#[derive(Debug, Clone, Serialize)]
pub struct GroupView {
    /// What its pages say. Empty where nothing is grouped.
    pub heading: String,
    /// The pages.
    pub items: Vec<CardView>,
}

/// A letter of the A–Z.
#[derive(Debug, Clone, Serialize)]
pub struct LetterView {
    /// The letter.
    pub label: String,
    /// Its name for links.
    pub id: String,
    /// What begins with it.
    pub items: Vec<IndexItemView>,
}

/// A line of the A–Z.
#[derive(Debug, Clone, Serialize)]
pub struct IndexItemView {
    /// What it is called here.
    pub name: String,
    /// The language of that name, where that is not the page's. Else empty.
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
    /// What one of its kind is called. May be empty.
    pub kind_title: String,
    /// When it was reviewed. May be empty.
    pub reviewed: String,
    /// By whom. May be empty.
    pub reviewed_by: String,
    /// When the next review is due. May be empty.
    pub due: String,
    /// `never`, `overdue`, `current`; empty where no next review is set.
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
    /// An entry that is to be checked.
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
    /// All of them. The titles are their numbers.
    pub pages: Vec<LinkView>,
    /// The one before.
    pub previous: Option<LinkView>,
    /// The one after.
    pub next: Option<LinkView>,
    /// "Page 2 of 3".
    pub text: String,
}

/// Numbers to ring or to text, of one group.
#[derive(Debug, Clone, Serialize)]
pub struct LinesView {
    /// What `group_by` says of them. Empty where the schema groups nothing.
    pub heading: String,
    /// The language of that, where that is not the page's. Else empty.
    pub lang: String,
    /// The lines.
    pub lines: Vec<LineView>,
}

/// A line to ring or to text.
#[derive(Debug, Clone, Serialize)]
pub struct LineView {
    /// The entry.
    pub link: LinkView,
    /// Its numbers: what to do with each, and the number as a link.
    pub numbers: Vec<DataView>,
    /// Whether somebody has checked it.
    pub check: CheckView,
}

/// A map of a relation: what leads to what. Hide the picture from those who hear the page, and show the rows as a list beside it: `parts/maps.html` of base does both.
#[derive(Debug, Clone, Serialize)]
pub struct MapView {
    /// Its heading. May be empty.
    pub title: String,
    /// The heading of the relation.
    pub heading: String,
    /// The lines of the picture, to stand between its two columns. They meet the middle of each box if the boxes of a column are equally high. Write `map.svg | safe`.
    pub svg: String,
    /// One for each page that leads somewhere: the first column, and the whole as a list.
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
