//! Tables: a caption or a name, column and row headers with their scope (WCAG 1.3.1), inside a
//! region that can be scrolled by keyboard (WCAG 2.1.1).

use super::escape::escaped;
use pulldown_cmark::Alignment;

/// The table that is being written.
#[derive(Debug, Default)]
pub struct Table {
    alignments: Vec<Alignment>,
    /// Whether the first column names the rows: the top left cell is empty.
    names_rows: bool,
    in_head: bool,
    column: usize,
}

impl Table {
    /// A table with these columns.
    pub fn new(alignments: &[Alignment], names_rows: bool) -> Table {
        Table { alignments: alignments.to_vec(), names_rows, ..Table::default() }
    }

    /// The region and the table, with its caption (HTML) or with `name` for those who cannot see
    /// what it stands under.
    pub fn open(id: &str, caption: Option<&str>, name: &str) -> String {
        let id = escaped(id);
        let caption = match caption {
            Some(caption) => format!("<caption id=\"{id}\">{caption}</caption>"),
            None => format!("<caption id=\"{id}\" class=\"quiet\">{}</caption>", escaped(name)),
        };
        format!("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\"><table>{caption}")
    }

    /// Begins a row, or the head.
    pub fn row(&mut self, in_head: bool) -> &'static str {
        self.in_head = in_head;
        self.column = 0;
        if in_head { "<thead><tr>" } else { "<tr>" }
    }

    /// Begins a cell.
    pub fn cell(&self) -> String {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Right) => " class=\"end\"",
            Some(Alignment::Center) => " class=\"middle\"",
            _ => "",
        };
        let (name, scope) = self.tag();
        format!("<{name}{scope}{class}>")
    }

    /// Ends a cell.
    pub fn end_cell(&mut self) -> &'static str {
        let (name, _) = self.tag();
        self.column += 1;
        if name == "th" { "</th>" } else { "</td>" }
    }

    fn tag(&self) -> (&'static str, &'static str) {
        match (self.in_head, self.column == 0 && self.names_rows) {
            (true, false) => ("th", " scope=\"col\""),
            (false, true) => ("th", " scope=\"row\""),
            _ => ("td", ""),
        }
    }
}
