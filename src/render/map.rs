//! A map of a relation as a picture: two columns of pages, and a line for each edge.
//!
//! The lines are drawn when the site is built, so they cost a reader no script. All rows of a column are
//! equally high, however large the text, so a line ends at the middle of its box whatever the browser
//! makes of it. All that the picture shows stands beside it as a list, so those who hear or magnify the
//! page lose nothing, and the picture is hidden from them.

use super::{
    list_views::{MapRowView, MapView},
    viewer::Viewer,
    views::{CardView, LinkView},
};
use crate::resolve::guide::{MapNode, Thing};
use std::collections::BTreeSet;

impl Viewer<'_> {
    /// A map that a page asks for; nothing of a relation without edges.
    pub fn map(&self, map: &MapNode) -> Option<MapView> {
        let relation = &self.schema.relations[map.relation as usize];
        let side = relation.seen(map.inverse);
        let row = |(near, edges): &(Thing, Vec<u32>)| {
            let far = edges.iter().filter_map(|edge| self.related(*edge, *near, map.inverse));
            let mut to: Vec<LinkView> = far.map(|far| link(far.card)).collect();
            // Two edges may lead to two headings of one page.
            let mut seen = BTreeSet::new();
            to.retain(|link| seen.insert((link.url.clone(), link.title.clone())));
            MapRowView { link: link(self.card(*near, None)), to }
        };
        // An entry may be tied to pages of another language only.
        let rows: Vec<MapRowView> = map.rows.iter().map(row).filter(|row| !row.to.is_empty()).collect();
        let heading = self.heading("relation", &side.name, "", &side.heading).to_string();
        let ends = ends(&rows);
        let svg = lines(&rows, &ends);
        (!rows.is_empty()).then_some(MapView { title: map.title.clone(), heading, svg, rows, ends })
    }
}

fn link(card: CardView) -> LinkView {
    LinkView { title: card.title, url: card.url, lang: card.lang }
}

/// Everything that the rows lead to, each once. What stands level with the middle of all that leads to it is
/// crossed by the fewest lines.
fn ends(rows: &[MapRowView]) -> Vec<LinkView> {
    let mut ends: Vec<(f64, &LinkView)> = Vec::new();
    for far in rows.iter().flat_map(|row| &row.to) {
        if ends.iter().any(|(_, end)| end.url == far.url) {
            continue;
        }
        let leads = |row: &MapRowView| row.to.iter().any(|to| to.url == far.url);
        let near: Vec<f64> = (0..).zip(rows).filter(|(_, row)| leads(row)).map(|(i, _)| f64::from(i)).collect();
        ends.push((near.iter().sum::<f64>() / near.len().max(1) as f64, far));
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    ends.into_iter().map(|(_, end)| end.clone()).collect()
}

/// The lines from the middles of the rows on the left to those on the right, on a ground of 100 by 100 that
/// is stretched between the two.
fn lines(rows: &[MapRowView], ends: &[LinkView]) -> String {
    let middle = |i: usize, count: usize| ((i as f64 + 0.5) * 1e4 / count as f64).round() / 100.0;
    let mut out = String::from(
        "<svg class=\"map-lines\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" fill=\"none\" stroke=\"currentColor\" aria-hidden=\"true\" focusable=\"false\">",
    );
    for (i, row) in rows.iter().enumerate() {
        out.push_str("<g>");
        for j in row.to.iter().filter_map(|to| ends.iter().position(|end| end.url == to.url)) {
            let (from, to) = (middle(i, rows.len()), middle(j, ends.len()));
            out.push_str(&format!(
                "<path vector-effect=\"non-scaling-stroke\" d=\"M0 {from}C50 {from} 50 {to} 100 {to}\"/>"
            ));
        }
        out.push_str("</g>");
    }
    out + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(from: &str, to: &[&str]) -> MapRowView {
        let link = |name: &str| LinkView { title: name.into(), url: format!("/{name}/"), lang: String::new() };
        MapRowView { link: link(from), to: to.iter().map(|name| link(name)).collect() }
    }

    #[test]
    fn each_edge_has_a_line_from_the_middle_of_its_row_to_that_of_its_end() {
        let rows = [row("a", &["x", "y"]), row("b", &["x"])];
        let svg = lines(&rows, &ends(&rows));
        assert_eq!(svg.matches("<path").count(), 3);
        // "y" belongs to the first row alone, so it stands above "x".
        assert!(
            svg.contains("d=\"M0 25C50 25 50 25 100 25\"") && svg.contains("d=\"M0 75C50 75 50 75 100 75\""),
            "{svg}"
        );
    }

    #[test]
    fn each_end_is_there_once() {
        let ends = ends(&[row("a", &["x"]), row("b", &["x", "y"])]);
        assert_eq!(ends.iter().map(|end| end.title.as_str()).collect::<Vec<_>>(), ["x", "y"]);
    }
}
