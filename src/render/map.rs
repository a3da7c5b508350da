//! A map of a relation as a picture: two columns of boxes, and a line for each edge.
//!
//! The picture is drawn when the site is built, so it costs a reader no script. Its boxes lead to the
//! pages. All that it shows stands beside it as a list, so those who hear or magnify the page lose
//! nothing, and the picture is hidden from them.

use super::{
    escape::{attribute, escape},
    list_views::{MapRowView, MapView},
    viewer::Viewer,
    views::{CardView, LinkView},
};
use crate::resolve::guide::{MapNode, Thing};

/// Sizes of the picture, in its own units; one is a pixel where there is room.
const WIDTH: f64 = 960.0;
const BOX: f64 = 384.0;
const PADDING: f64 = 12.0;
const GAP: f64 = 10.0;
const LINE: f64 = 22.0;
/// How many letters of the text size of the picture fit into a box.
const LETTERS: usize = 36;

/// A box: its link, the lines of its words, and where it begins.
struct Cell {
    link: LinkView,
    lines: Vec<String>,
    top: f64,
}

impl Cell {
    fn new(link: LinkView) -> Cell {
        Cell { lines: wrapped(&link.title), link, top: 0.0 }
    }

    fn height(&self) -> f64 {
        self.lines.len() as f64 * LINE + 2.0 * PADDING
    }

    fn middle(&self) -> f64 {
        self.top + self.height() / 2.0
    }
}

impl Viewer<'_> {
    /// A map that a page asks for; nothing of a relation without edges.
    pub fn map(&self, map: &MapNode) -> Option<MapView> {
        let relation = &self.schema.relations[map.relation as usize];
        let side = relation.inverse.as_ref().filter(|_| map.inverse).unwrap_or(&relation.forward);
        let rows: Vec<MapRowView> = map
            .rows
            .iter()
            .map(|(page, edges)| {
                let far = edges.iter().filter_map(|edge| self.related(*edge, Thing::Page(*page), map.inverse));
                MapRowView { link: self.link(*page, false), to: far.map(|far| link(far.card)).collect() }
            })
            .collect();
        let heading = self.heading("relation", &side.name, "", &side.heading).to_string();
        let svg = draw(&rows, self.lang.direction() == "rtl");
        (!rows.is_empty()).then_some(MapView { title: map.title.clone(), heading, svg, rows })
    }
}

fn link(card: CardView) -> LinkView {
    LinkView { title: card.title, url: card.url, lang: card.lang }
}

/// Draws the rows of a map; of a language that is written from the right, the other way round.
fn draw(rows: &[MapRowView], from_right: bool) -> String {
    let mut left: Vec<Cell> = rows.iter().map(|row| Cell::new(row.link.clone())).collect();
    let mut right: Vec<(f64, Cell)> = Vec::new();
    for far in rows.iter().flat_map(|row| &row.to) {
        if right.iter().any(|(_, cell)| cell.link.url == far.url) {
            continue;
        }
        // What stands level with the middle of all that leads to it is crossed by the fewest lines.
        let leads = |row: &MapRowView| row.to.iter().any(|to| to.url == far.url);
        let near: Vec<f64> = (0..).zip(rows).filter(|(_, row)| leads(row)).map(|(i, _)| f64::from(i)).collect();
        right.push((near.iter().sum::<f64>() / near.len().max(1) as f64, Cell::new(far.clone())));
    }
    right.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut right: Vec<Cell> = right.into_iter().map(|(_, cell)| cell).collect();
    let height = stack(&mut left).max(stack(&mut right));
    for column in [&mut left, &mut right] {
        let own = column.last().map_or(0.0, |cell| cell.top + cell.height());
        column.iter_mut().for_each(|cell| cell.top += (height - own) / 2.0);
    }
    let side = |x: f64| if from_right { WIDTH - x } else { x };
    let mut out = format!(
        "<svg class=\"map-picture\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" aria-hidden=\"true\" focusable=\"false\">\n<g class=\"map-lines\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\">\n"
    );
    for (row, cell) in rows.iter().zip(&left) {
        for far in row.to.iter().filter_map(|to| right.iter().find(|own| own.link.url == to.url)) {
            let (start, end, bend) = (side(BOX), side(WIDTH - BOX), side(WIDTH / 2.0));
            let (from, to) = (cell.middle(), far.middle());
            out.push_str(&format!("<path d=\"M{start} {from}C{bend} {from} {bend} {to} {end} {to}\"/>\n"));
        }
    }
    out.push_str("</g>\n");
    for (column, x) in [(&left, 0.0), (&right, WIDTH - BOX)] {
        let edge = if from_right { WIDTH - x - BOX } else { x };
        for cell in column {
            out.push_str("<a tabindex=\"-1\" href=\"");
            attribute(&mut out, &cell.link.url);
            out.push('"');
            if !cell.link.lang.is_empty() {
                out.push_str(&format!(" lang=\"{}\"", cell.link.lang));
            }
            out.push_str(&format!(
                "><rect class=\"map-box\" x=\"{edge}\" y=\"{}\" width=\"{BOX}\" height=\"{}\" rx=\"8\" fill=\"none\" stroke=\"currentColor\"/><text font-size=\"17\" fill=\"currentColor\">",
                cell.top,
                cell.height()
            ));
            let begin = if from_right { edge + BOX - PADDING } else { edge + PADDING };
            for (i, line) in cell.lines.iter().enumerate() {
                let y = cell.top + PADDING + (i as f64 + 0.75) * LINE;
                out.push_str(&format!("<tspan x=\"{begin}\" y=\"{y}\">"));
                escape(&mut out, line);
                out.push_str("</tspan>");
            }
            out.push_str("</text></a>\n");
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Stacks boxes; gives the height of all of them.
fn stack(cells: &mut [Cell]) -> f64 {
    let mut top = 1.0;
    for cell in cells.iter_mut() {
        cell.top = top;
        top += cell.height() + GAP;
    }
    (top - GAP).max(0.0) + 1.0
}

/// Words in lines of no more letters than a box has room for.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= LETTERS) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(from: &str, to: &[&str]) -> MapRowView {
        let link = |name: &str| LinkView { title: name.into(), url: format!("/{name}/"), lang: String::new() };
        MapRowView { link: link(from), to: to.iter().map(|name| link(name)).collect() }
    }

    #[test]
    fn each_page_has_one_box_and_each_edge_a_line() {
        let svg = draw(&[row("a", &["x", "y"]), row("b", &["x"])], false);
        assert_eq!(svg.matches("<path").count(), 3);
        for name in ["a", "b", "x", "y"] {
            assert_eq!(svg.matches(&format!("href=\"/{name}/\"")).count(), 1, "{name}");
        }
    }

    #[test]
    fn no_two_boxes_of_a_column_meet() {
        let mut cells: Vec<Cell> = ["short", &"long ".repeat(30)]
            .map(|title| Cell::new(LinkView { title: title.into(), ..LinkView::default() }))
            .into();
        let height = stack(&mut cells);
        assert!(cells[0].top + cells[0].height() + GAP <= cells[1].top);
        assert!(cells[1].top + cells[1].height() <= height);
    }

    #[test]
    fn words_are_never_cut() {
        assert_eq!(wrapped("one two").len(), 1);
        assert!(wrapped(&"word ".repeat(20)).iter().all(|line| line.chars().count() <= LETTERS));
    }
}
