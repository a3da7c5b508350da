//! What the guide *is*: its pages, what belongs to what, and where everything leads.

use crate::{
    base::{date::Date, lang::Lang, path::SitePath},
    load::{
        page::{Page, Parsed},
        sources::Sources,
    },
    settings::value::Value,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of a page in [`Guide::pages`].
pub type PageNo = u32;

/// The number of an entry in [`Guide::entries`].
pub type EntryNo = u32;

/// A page or an entry of a data kind: whatever can be referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Thing {
    /// A page.
    Page(PageNo),
    /// An entry.
    Entry(EntryNo),
}

/// Where a page comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Origin {
    /// From a Markdown file: its number among the sources.
    Authored(u32),
    /// Made for the entries of the data kind of that name.
    Data(String),
    /// Made for a taxonomy.
    Taxonomy(String),
    /// Made for a term: taxonomy and term.
    Term(String, String),
    /// Made because every site needs a page for addresses that lead nowhere.
    NotFound,
}

/// A page of the guide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id: the path of its source, without extension.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// Its kind.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// What menus call it.
    pub short: String,
    /// One or two sentences about it; may be empty.
    pub summary: String,
    /// Its path from the site's root, before any base path: `/barriers/cost/`.
    pub url: String,
    /// Its file in the output.
    pub output: SitePath,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it is withheld: a draft, not yet or no longer published.
    pub hidden: bool,
    /// Whether it could not be read, or its address is another page's: it is not built, but links
    /// to it are no further faults.
    pub broken: bool,
    /// Whether it stands for a folder.
    pub is_section: bool,
    /// Its place among its neighbours.
    pub weight: Option<f64>,
    /// When it was last changed in substance: `updated`, else `date`.
    pub updated: Option<Date>,
    /// The page that it belongs under.
    pub section: Option<PageNo>,
    /// The pages that belong under it, in order.
    pub children: Vec<PageNo>,
    /// Its neighbours in the section.
    pub previous: Option<PageNo>,
    /// Its neighbours in the section.
    pub next: Option<PageNo>,
    /// Its relations, grouped, in the order of the schema.
    pub relations: Vec<Group>,
    /// Pages that mention it in their text without a relation to it.
    pub mentions: Vec<PageNo>,
    /// The data entries that it shows.
    pub entries: Vec<EntryNo>,
    /// Its terms: the page of each, by taxonomy.
    pub terms: Vec<(String, Vec<PageNo>)>,
    /// Where each link of its content leads, in their order.
    pub targets: Vec<Target>,
}

impl Node {
    /// The source of an authored page, as it was read.
    pub fn source<'a>(&self, sources: &'a Sources) -> Option<&'a Parsed> {
        match self.origin {
            Origin::Authored(number) => Some(&sources.pages[number as usize]),
            _ => None,
        }
    }

    /// What the source of an authored page says.
    pub fn page<'a>(&self, sources: &'a Sources) -> Option<&'a Page> {
        self.source(sources).map(|source| &source.page)
    }
}

/// An entry of a data kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryNode {
    /// Its kind.
    pub kind: String,
    /// Its code in the data file.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The page that shows it.
    pub page: PageNo,
    /// Its `id` on that page.
    pub anchor: String,
    /// Its place in the sources: data file, entry.
    pub source: (u32, u32),
    /// Its relations.
    pub relations: Vec<Group>,
    /// The pages that cite it.
    pub cited_on: Vec<PageNo>,
    /// Where each link of its content leads.
    pub targets: Vec<Target>,
}

/// The edges of one relation at one page, seen from one end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The relation's number in the schema.
    pub relation: u32,
    /// Whether it is seen from its far end.
    pub inverse: bool,
    /// Numbers in [`Guide::edges`].
    pub edges: Vec<u32>,
}

/// One end of an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct End {
    /// The page or entry.
    pub thing: Thing,
    /// A heading of the page.
    pub anchor: Option<String>,
    /// The words of that heading.
    pub heading: Option<String>,
}

/// A relation between two things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The relation's number in the schema.
    pub relation: u32,
    /// Where it starts.
    pub from: End,
    /// Where it leads.
    pub to: End,
    /// What stands on it.
    pub data: Vec<(String, Value)>,
    /// Where the links in that data lead.
    pub targets: Vec<Target>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The value of `href` or `src`; empty when it leads nowhere.
    pub href: String,
    /// What the far end is called, where the link may have no words of its own.
    pub title: String,
    /// Whether it is found, is elsewhere, or is no link after all.
    pub state: State,
    /// The page or entry, when it is one.
    pub thing: Option<Thing>,
}

/// What came of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// A page, entry or file of the site.
    Here,
    /// Another site.
    Elsewhere,
    /// No link: a word in square brackets.
    Word,
    /// Dead; there is a finding. Shown as its words.
    Dead,
}

/// A redirect from an old address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redirect {
    /// The old path from the site's root.
    pub from: String,
    /// The new path from the site's root, or an address elsewhere.
    pub to: String,
    /// What the far end is called.
    pub title: String,
}

/// The whole guide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// Every page: the authored ones in the order of their files, then the generated ones.
    pub pages: Vec<Node>,
    /// Every entry of every data kind.
    pub entries: Vec<EntryNode>,
    /// Every relation between two of them.
    pub edges: Vec<Edge>,
    /// Menus by name.
    pub menus: BTreeMap<String, Vec<PageNo>>,
    /// The page for urgent help.
    pub urgent_help: Option<PageNo>,
    /// The home page of the site's own language.
    pub home: Option<PageNo>,
    /// Old addresses.
    pub redirects: Vec<Redirect>,
}

impl Guide {
    /// A page.
    pub fn page(&self, number: PageNo) -> &Node {
        &self.pages[number as usize]
    }

    /// An entry.
    pub fn entry(&self, number: EntryNo) -> &EntryNode {
        &self.entries[number as usize]
    }

    /// The path of a thing from the site's root, with its anchor.
    pub fn url(&self, thing: Thing, anchor: Option<&str>) -> String {
        match (thing, anchor) {
            (Thing::Page(page), None) => self.page(page).url.clone(),
            (Thing::Page(page), Some(anchor)) => format!("{}#{anchor}", self.page(page).url),
            (Thing::Entry(entry), _) => {
                let entry = self.entry(entry);
                format!("{}#{}", self.page(entry.page).url, entry.anchor)
            }
        }
    }

    /// What a thing is called.
    pub fn title(&self, thing: Thing) -> &str {
        match thing {
            Thing::Page(page) => &self.page(page).title,
            Thing::Entry(entry) => &self.entry(entry).title,
        }
    }

    /// The kind of a thing.
    pub fn kind(&self, thing: Thing) -> &str {
        match thing {
            Thing::Page(page) => &self.page(page).kind,
            Thing::Entry(entry) => &self.entry(entry).kind,
        }
    }

    /// Whether a thing is withheld from readers.
    pub fn is_hidden(&self, thing: Thing) -> bool {
        match thing {
            Thing::Page(page) => self.page(page).hidden,
            Thing::Entry(entry) => self.page(self.entry(entry).page).hidden,
        }
    }

    /// The pages above a page, home first.
    pub fn trail(&self, page: PageNo) -> Vec<PageNo> {
        let mut trail = Vec::new();
        let mut at = self.page(page).section;
        while let Some(above) = at {
            // A section never lies below itself, but a loop here would never end.
            if trail.contains(&above) {
                break;
            }
            trail.push(above);
            at = self.page(above).section;
        }
        trail.reverse();
        trail
    }
}
