//! The guide carries all that it has to: every row of `docs/content/inventory.md` is held against the
//! guide of this repository, built as it is shipped.
//!
//! The page lists what the article that the guide grew out of names: barriers and their parts, what
//! can help, kinds of therapy, concerns, concepts, people, a source, and the relations between them.
//! A row says what carries it: a page, a heading, an entry of a data kind, an edge. What is not there
//! is reported with the row that says it is.
//!
//! Each table stands under a heading with an id of its own, by which it is known here.

mod common;

use common::{
    folder,
    shipped::{SHIPPED, Shipped},
};
use guidewright::{
    resolve::guide::{Edge, End, Node, Thing},
    settings::value::Value,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// The article's own count of each table.
const COUNTS: [(&str, usize); 9] = [
    ("barriers", 6),
    ("parts", 33),
    ("supports", 14),
    ("modalities", 11),
    ("concerns", 11),
    ("concepts", 25),
    ("people", 5),
    ("source", 1),
    ("relations", 66),
];

/// How many parts each barrier has.
const PARTS: [(&str, usize); 6] = [("B1", 4), ("B2", 9), ("B3", 5), ("B4", 3), ("B5", 5), ("B6", 7)];

/// The tables of items, with the column that says what carries them.
const ITEMS: [(&str, usize); 7] = [
    ("barriers", 2),
    ("supports", 2),
    ("modalities", 1),
    ("concerns", 1),
    ("concepts", 1),
    ("people", 1),
    ("source", 1),
];

/// The edges of the guide that the 66 rows stand on: five pairs of items share a page.
const DISTINCT_EDGES: usize = 61;

/// The kinds whose pages must be tied to others.
const LINKED: [&str; 5] = ["barrier", "support", "modality", "concern", "concept"];

// The inventory.

/// A row of a table.
#[derive(Debug, Clone)]
struct Row {
    line: usize,
    text: String,
}

impl Row {
    fn cell(&self, column: usize) -> &str {
        self.text.trim().trim_matches('|').split('|').nth(column).unwrap_or_default().trim()
    }

    /// What a cell names in code.
    fn names(&self, column: usize) -> Vec<&str> {
        self.cell(column).split('`').skip(1).step_by(2).collect()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "inventory.md:{} {}", self.line, self.text)
    }
}

/// The rows of the tables, by the id of the heading above.
struct Inventory(BTreeMap<String, Vec<Row>>);

impl Inventory {
    fn read(text: &str) -> Inventory {
        let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        let (mut table, mut above) = (String::new(), 0);
        for (i, line) in text.lines().enumerate() {
            if let Some((_, id)) = line.split_once("{#").filter(|_| line.starts_with('#')) {
                table = id.trim_end_matches('}').into();
            }
            above = if line.starts_with('|') { above + 1 } else { 0 };
            // The first two lines of a table name its columns.
            if above > 2 {
                tables.entry(table.clone()).or_default().push(Row { line: i + 1, text: line.into() });
            }
        }
        Inventory(tables)
    }

    fn rows(&self, table: &str) -> &[Row] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }

    /// What carries each item, by its name.
    fn items(&self) -> BTreeMap<&str, Vec<&str>> {
        let tables = ITEMS.iter().flat_map(|(table, column)| self.rows(table).iter().map(move |row| (row, *column)));
        tables.map(|(row, column)| (row.cell(0), row.names(column))).collect()
    }
}

fn text() -> String {
    std::fs::read_to_string(folder("docs/content/inventory.md")).expect("the inventory")
}

/// The same of Markdown as it stands in a cell.
fn unmarked(cell: &str) -> String {
    cell.replace('*', "")
}

// What is missing.

/// Every row that the guide does not bear out, with the reason.
fn missing(inventory: &Inventory, shipped: &Shipped) -> Vec<String> {
    let mut missing = Vec::new();
    for (table, column) in ITEMS.into_iter().chain([("parts", 2)]) {
        for row in inventory.rows(table) {
            let names = row.names(column);
            if names.is_empty() {
                missing.push(format!("{row}: it does not say what carries it"));
            }
            missing.extend(names.into_iter().filter_map(|name| Some(format!("{row}: {}", shipped.find(name).err()?))));
        }
    }
    for row in inventory.rows("parts") {
        missing.extend(part(row, inventory, shipped).err().map(|why| format!("{row}: {why}")));
    }
    for row in inventory.rows("source") {
        missing.extend(source(row, shipped).err().map(|why| format!("{row}: {why}")));
    }
    for row in inventory.rows("relations") {
        missing.extend(edge(row, inventory, shipped).err().map(|why| format!("{row}: {why}")));
    }
    for (table, column) in [("claims", 2), ("frame", 1)] {
        for row in inventory.rows(table) {
            missing.extend(said(row, column, shipped).err().map(|why| format!("{row}: {why}")));
        }
    }
    missing
}

/// The line of a part must be a sign, a line of the finder or words to say, on a page of its barrier.
fn part(row: &Row, inventory: &Inventory, shipped: &Shipped) -> Result<(), String> {
    let items = inventory.items();
    let pages = items.get(row.cell(0)).ok_or("there is no such barrier")?;
    for page in pages {
        if let (Thing::Page(page), _) = shipped.find(page)? {
            let mut lines = ["signs", "finder", "say_it"].iter().flat_map(|field| shipped.field(page, field));
            if lines.any(|line| line == row.cell(3)) {
                return Ok(());
            }
        }
    }
    Err(format!("no page of that barrier has the line \"{}\"", row.cell(3)))
}

/// The source must be there under the number by which the article cites it.
fn source(row: &Row, shipped: &Shipped) -> Result<(), String> {
    for name in row.names(1) {
        let (Thing::Entry(entry), _) = shipped.find(name)? else { return Err(format!("\"{name}\" is no source")) };
        let text = shipped.guide().entry(entry).texts.first().ok_or("it has no text")?;
        let entry = &shipped.insight.sources.data[text.source.0 as usize].entries[text.source.1 as usize];
        if entry.content.field("pmcid").and_then(Value::as_str) != Some(row.cell(0)) {
            return Err(format!("\"{name}\" has another number"));
        }
    }
    Ok(())
}

/// The sentence must stand in that part of the finished page.
fn said(row: &Row, column: usize, shipped: &Shipped) -> Result<(), String> {
    let name = row.names(column).first().copied().ok_or("it does not say where")?;
    let (Thing::Page(page), anchor) = shipped.find(name)? else { return Err(format!("\"{name}\" is no page")) };
    let sentence = unmarked(row.cell(column + 1));
    if sentence.is_empty() || !shipped.words(page, anchor).contains(&sentence) {
        return Err(format!("\"{sentence}\" does not stand in {name}"));
    }
    Ok(())
}

/// An edge of the inventory must be one of the guide, between what carries its two items.
fn edge(row: &Row, inventory: &Inventory, shipped: &Shipped) -> Result<(), String> {
    let items = inventory.items();
    let carries = |item: usize, name: &str| -> Result<(), String> {
        let page = |name: &str| name.split('#').next().unwrap_or_default().to_string();
        let carried = items.get(row.cell(item)).ok_or(format!("\"{}\" is no item of the tables", row.cell(item)))?;
        let is_so = carried.iter().any(|carrier| page(carrier) == page(name));
        if is_so { Ok(()) } else { Err(format!("\"{}\" is not carried by {name}", row.cell(item))) }
    };
    let from = row.names(2).first().copied().ok_or("it does not say where the edge starts")?;
    let name = row.names(3).first().copied().ok_or("it does not name the relation")?;
    let to = row.names(4).first().copied();
    let (start, anchor) = shipped.find(from)?;
    carries(0, from)?;
    to.map_or(Ok(()), |to| carries(1, to))?;
    let is_there = match (shipped.relation(name), to) {
        (Some(_), Some(to)) => {
            let far = shipped.find(to)?;
            let is = |end: &End, (thing, anchor): (Thing, Option<&str>)| {
                end.thing == thing && end.anchor.as_deref() == anchor
            };
            shipped.edges(name).any(|edge| is(&edge.from, (start, anchor)) && is(&edge.to, far))
        }
        (Some(_), None) => return Err("it does not say where the edge leads".into()),
        (None, to) => {
            let Thing::Page(page) = start else { return Err(format!("\"{from}\" is no page")) };
            let wanted = match to.map(|to| shipped.find(to)).transpose()? {
                Some((Thing::Entry(entry), _)) => {
                    let entry = shipped.guide().entry(entry);
                    vec![entry.id.clone(), entry.texts.first().map_or(String::new(), |text| text.title.clone())]
                }
                _ => vec![row.cell(4).to_string()],
            };
            shipped.field(page, name).iter().any(|text| wanted.contains(text))
        }
    };
    if is_there { Ok(()) } else { Err(format!("the guide has no such edge: {from} {name} {}", row.cell(4))) }
}

/// Every count that is not the article's.
fn miscounted(inventory: &Inventory) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut count = |what: &str, is: usize, should: usize| {
        if is != should {
            wrong.push(format!("inventory.md lists {is} {what}, and the article has {should}"));
        }
    };
    for (table, should) in COUNTS {
        // What stands there twice counts once.
        let end = if matches!(table, "parts" | "relations") { 2 } else { 1 };
        let name = |row: &Row| {
            let more = if table == "relations" { row.cell(3) } else { "" };
            [(0..end).map(|cell| row.cell(cell)).collect::<Vec<_>>().join(" | "), more.into()]
        };
        count(table, inventory.rows(table).iter().map(name).collect::<BTreeSet<_>>().len(), should);
        count(&format!("rows of {table}"), inventory.rows(table).len(), should);
    }
    for (barrier, should) in PARTS {
        count(
            &format!("parts of {barrier}"),
            inventory.rows("parts").iter().filter(|row| row.cell(0) == barrier).count(),
            should,
        );
    }
    let relations = inventory.rows("relations");
    for row in inventory.rows("count") {
        let is = relations.iter().filter(|edge| edge.cell(3) == row.cell(0)).count();
        count(&format!("edges {}", row.cell(0)), is, row.cell(1).parse().unwrap_or(0));
    }
    let edges: BTreeSet<_> = relations.iter().map(|row| (row.cell(2), row.cell(3), row.cell(4))).collect();
    count("different edges of the guide", edges.len(), DISTINCT_EDGES);
    let claims: BTreeSet<_> = inventory.rows("claims").iter().map(|row| row.cell(0)).collect();
    count("claims", claims.len(), 7);
    count("thoughts of the frame", inventory.rows("frame").len(), 2);
    wrong
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_is_carried_by_the_guide() {
    none(&missing(&Inventory::read(&text()), &SHIPPED));
}

#[test]
fn the_counts_are_those_of_the_article() {
    none(&miscounted(&Inventory::read(&text())));
}

/// Rows of the inventory, each with one in its place that is not so, and what must be told of it.
const MADE_UP: [(&str, &str, &str); 10] = [
    (
        "| B1 | S1 | `barriers/expectations` | `helped_by` | `supports/say-what-you-hope-for` |",
        "| B1 | S5 | `barriers/expectations` | `helped_by` | `supports/medication` |",
        "no such edge",
    ),
    // The edge is there, and it is not that of these items.
    (
        "| B1 | S2 | `barriers/expectations` | `helped_by` | `supports/agree-pace-and-review` |",
        "| B1 | S2 | `barriers/expectations` | `helped_by` | `supports/say-what-you-hope-for` |",
        "\"S2\" is not carried by",
    ),
    (
        "| `modalities/emdr` | `kind_of` | `modalities/trauma-focused-therapies` |",
        "| `modalities/emdr` | `combines_with` | `modalities/trauma-focused-therapies` |",
        "no such edge",
    ),
    // The heading is there, and the edge leads to another one.
    (
        "| `barriers/not-ready-or-able` | `involves` | `barriers/not-ready-or-able#crisis` |",
        "| `barriers/not-ready-or-able` | `involves` | `barriers/not-ready-or-able#readiness-moves` |",
        "no such edge",
    ),
    (
        "| `supports/collaborative-care` | `who_with` | `term:doctor` |",
        "| `supports/collaborative-care` | `cost_note` | `term:doctor` |",
        "no such edge",
    ),
    (
        "| `modalities/psychodynamic` | `focus` | Past",
        "| `modalities/psychodynamic` | `focus` | Future",
        "no such edge",
    ),
    (
        "| severe depression | `concerns/depression#severe` |",
        "| severe depression | `concerns/depression#worst` |",
        "\"worst\"",
    ),
    ("| insight | `term:insight` |", "| insight | `term:foresight` |", "\"foresight\""),
    ("| Things at home are too unsettled |", "| Things at home are fine |", "has the line"),
    ("| So the order is something to agree, and not a law. |", "| The order is a law. |", "does not stand in"),
];

#[test]
fn a_made_up_row_is_reported() {
    let text = text();
    for (row, other, why) in MADE_UP {
        assert_eq!(text.matches(row).count(), 1, "the inventory has the row {row} once");
        let told = missing(&Inventory::read(&text.replace(row, other)), &SHIPPED);
        // A carrier that is not there is told of each edge that needs it as well.
        assert!(told.iter().any(|told| told.contains(other) && told.contains(why)), "{other}\n{}", told.join("\n"));
        assert!(told.len() < 4, "one row is wrong, and these are told:\n{}", told.join("\n"));
    }
}

#[test]
fn a_row_that_is_left_out_or_doubled_is_counted() {
    let text = text();
    let rows = text.lines().filter(|line| line.starts_with("| B6 |"));
    for row in rows {
        let less = text.replacen(&format!("{row}\n"), "", 1);
        assert!(!miscounted(&Inventory::read(&less)).is_empty(), "nobody misses {row}");
        let twice = text.replacen(row, &format!("{row}\n{row}"), 1);
        assert!(!miscounted(&Inventory::read(&twice)).is_empty(), "nobody minds that it is there twice: {row}");
    }
}

/// By way of a page that stands for a folder: the A to Z and its like lead everywhere, and nobody who
/// looks for help begins there.
#[test]
fn every_barrier_is_two_clicks_from_home() {
    let guide = SHIPPED.guide();
    let clicked = |node: &Node| -> BTreeSet<String> {
        links(&SHIPPED.html(node)).iter().filter_map(|link| file_of(link, &SHIPPED.base_path)).collect()
    };
    let mut reached = clicked(guide.page(guide.home.expect("a home page")));
    let is_near = |node: &Node| node.is_section && reached.contains(&node.output.to_string());
    let parts: Vec<&Node> = SHIPPED.pages().map(|(_, node)| node).filter(|node| is_near(node)).collect();
    reached.extend(parts.into_iter().flat_map(clicked));
    let far = SHIPPED.of_kind("barrier").into_iter().filter(|(_, node)| !reached.contains(&node.output.to_string()));
    none(&far.map(|(_, node)| format!("{} is more than two clicks from home", node.id)).collect::<Vec<_>>());
}

/// Where the links of a page lead.
fn links(html: &str) -> Vec<String> {
    let tags = html.split("<a ").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| Some(tag.split_once("href=\"")?.1.split('"').next()?.to_string())).collect()
}

/// The file that an address of the site stands for.
fn file_of(link: &str, base_path: &str) -> Option<String> {
    let path = link.split(['#', '?']).next()?.strip_prefix(base_path)?;
    Some(if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into() })
}

#[test]
fn every_page_of_a_linked_kind_has_two_relations() {
    let mut wrong = Vec::new();
    for kind in LINKED {
        let pages = SHIPPED.of_kind(kind);
        assert!(!pages.is_empty(), "no page is a {kind}");
        for (_, node) in pages {
            let edges: usize = node.relations.iter().map(|group| group.edges.len()).sum();
            wrong.extend((edges < 2).then(|| format!("{} has {edges} relations", node.id)));
        }
    }
    none(&wrong);
}

#[test]
fn every_barrier_looks_at_a_kind_of_therapy_and_each_kind_is_looked_at() {
    let looks: Vec<&Edge> = SHIPPED.edges("look_at").collect();
    let idle = |kind: &str, end: fn(&Edge) -> &End, says: &str| -> Vec<String> {
        let is_idle = |page: u32| !looks.iter().any(|edge| end(edge).thing == Thing::Page(page));
        let pages = SHIPPED.of_kind(kind).into_iter().filter(|(page, _)| is_idle(*page));
        pages.map(|(_, node)| format!("{} {says}", node.id)).collect()
    };
    none(&idle("barrier", |edge| &edge.from, "looks at no kind of therapy"));
    none(&idle("modality", |edge| &edge.to, "is looked at by no barrier"));
}

#[test]
fn what_suits_has_a_source_and_what_may_not_has_a_reason() {
    let mut wrong = Vec::new();
    for (relation, value) in [("suits", "source"), ("may_not_suit", "reason")] {
        let says = |edge: &Edge| {
            edge.data.iter().any(|(name, own)| name == value && own.as_str().is_some_and(|own| !own.trim().is_empty()))
        };
        assert!(SHIPPED.edges(relation).count() > 0, "nothing is said to {relation}");
        let silent = SHIPPED.edges(relation).filter(|edge| !says(edge));
        wrong.extend(silent.map(|edge| format!("{relation}, {}: it has no {value}", SHIPPED.ends(edge))));
    }
    none(&wrong);
}

#[test]
fn the_guide_has_at_least_230_edges() {
    let edges = SHIPPED.guide().edges.len();
    assert!(edges >= 230, "only {edges} edges");
}
