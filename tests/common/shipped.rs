//! The guide of this repository, built as it is shipped, and what stands in it.

use super::{build_on, bytes, folder, sound};
use guidewright::{
    build::{Build, Insight},
    resolve::guide::{Edge, End, Guide, Node, Origin, Thing},
    source::{cache::Record, walk::walk},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// The shipped guide, with its finished files.
pub struct Shipped {
    pub insight: Arc<Insight>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub base_path: String,
}

/// The guide on the day on which it was last changed.
pub fn guide() -> Build {
    let tree = walk(&folder(""), &Record::default()).tree;
    let texts = tree.below("content").filter_map(|(_, file)| String::from_utf8(file.bytes().ok()?.into_owned()).ok());
    let days = |text: String| text.lines().filter_map(|line| Some(line.strip_prefix("updated: ")?.into())).collect();
    let last =
        texts.flat_map(|text| -> Vec<String> { days(text) }).max().expect("a page that says when it was changed");
    build_on(&last, &tree)
}

/// Built once for all tests of a file.
pub static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    let Build { output, insight, base_path, .. } = guide();
    Shipped { insight: insight.expect("a guide that can be read"), files: bytes(&output), base_path }
});

impl Shipped {
    pub fn guide(&self) -> &Guide {
        &self.insight.guide.0
    }

    /// The pages that readers of the site's own language get, as they were written.
    pub fn pages(&self) -> impl Iterator<Item = (u32, &Node)> {
        let guide = self.guide();
        let is_own =
            |node: &Node| matches!(node.origin, Origin::Authored(_)) && Some(&node.lang) == guide.languages.first();
        let is_shown = |node: &Node| !node.hidden && !node.retired && !node.broken;
        (0..).zip(guide.pages.iter().map(|node| &**node)).filter(move |(_, node)| is_own(node) && is_shown(node))
    }

    /// The pages of a kind that are no folder's.
    pub fn of_kind(&self, kind: &str) -> Vec<(u32, &Node)> {
        self.pages().filter(|(_, node)| node.kind == kind && !node.is_section).collect()
    }

    /// What a row names: `folder/page`, `folder/page#heading` or `kind:entry`; else, why there is none.
    pub fn find<'a>(&self, name: &'a str) -> Result<(Thing, Option<&'a str>), String> {
        if let Some((kind, id)) = name.split_once(':') {
            let entry = self.guide().entries.iter().position(|entry| entry.kind == kind && entry.id == id);
            let entry = entry.ok_or(format!("there is no {kind} \"{id}\""))?;
            return Ok((Thing::Entry(entry as u32), None));
        }
        let (id, anchor) = name.split_once('#').map_or((name, None), |(id, anchor)| (id, Some(anchor)));
        let (number, node) =
            self.pages().find(|(_, node)| node.id == id).ok_or(format!("there is no page \"{id}\""))?;
        match anchor {
            Some(anchor) if !sound::ids(&self.html(node)).contains(anchor) => {
                Err(format!("the page \"{id}\" has no heading or block \"{anchor}\""))
            }
            _ => Ok((Thing::Page(number), anchor)),
        }
    }

    pub fn html(&self, node: &Node) -> String {
        let file = self.files.get(&node.output.to_string());
        String::from_utf8_lossy(file.map_or(&[][..], Vec::as_slice)).into_owned()
    }

    /// The words that readers see on a page, or from one of its headings to the next.
    pub fn words(&self, page: u32, anchor: Option<&str>) -> String {
        let html = self.html(self.guide().page(page));
        let from = anchor.map_or(html.find("<main"), |anchor| html.find(&format!("id=\"{anchor}\"")));
        let part = &html[from.unwrap_or(html.len())..];
        plain(&part[..anchor.and_then(|_| part.find("<h2")).unwrap_or(part.len())])
    }

    /// The texts of a field of a page.
    pub fn field(&self, page: u32, name: &str) -> Vec<String> {
        let own = self.guide().page(page).page(&self.insight.sources).and_then(|page| page.content.field(name));
        let mut texts = Vec::new();
        if let Some(value) = own {
            value.walk(&mut |value| texts.extend(value.as_str().map(String::from)));
        }
        texts
    }

    /// The relation of that name, seen from where it starts.
    pub fn relation(&self, name: &str) -> Option<u32> {
        let found = self.insight.schema.relations.iter().position(|relation| relation.forward.name == name);
        found.map(|number| number as u32)
    }

    pub fn edges(&self, relation: &str) -> impl Iterator<Item = &Edge> {
        let number = self.relation(relation);
        self.guide().edges.iter().filter(move |edge| Some(edge.relation) == number)
    }

    /// How a message calls the two ends of an edge.
    pub fn ends(&self, edge: &Edge) -> String {
        let name = |end: &End| match end.thing {
            Thing::Page(page) => self.guide().page(page).id.clone(),
            Thing::Entry(entry) => format!("{}:{}", self.guide().entry(entry).kind, self.guide().entry(entry).id),
        };
        format!("{} → {}", name(&edge.from), name(&edge.to))
    }
}

/// The words of HTML, with plain quotation marks.
pub fn plain(html: &str) -> String {
    let text: String = html.split('<').enumerate().fold(String::new(), |text, (i, piece)| {
        // What stands before the first bracket is text, or the rest of a tag that was cut.
        text + if i == 0 { "" } else { piece.split_once('>').map_or("", |(_, rest)| rest) }
    });
    let marks = [("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"), ("“", "\""), ("”", "\""), ("‘", "'"), ("’", "'")];
    let text = marks.iter().fold(text, |text, (from, to)| text.replace(from, to));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
