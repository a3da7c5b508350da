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
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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

impl Thing {
    /// The page that it is.
    pub fn page(self) -> Option<PageNo> {
        match self {
            Thing::Page(page) => Some(page),
            Thing::Entry(_) => None,
        }
    }
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
    /// Made for an index of the site.
    Listing,
    /// Made because every site needs a page for addresses that lead nowhere.
    NotFound,
}

/// An index of the whole site that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// Every page and word from A to Z.
    AZ,
    /// When each page was reviewed, and when it must be again.
    Review,
    /// Nothing: the form of the search.
    Search,
}

/// A page among the pages of one term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paging {
    /// Which it is, from 0.
    pub number: u32,
    /// All of them, itself among them.
    pub pages: Vec<PageNo>,
}

/// The answer to a query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListNode {
    /// Its heading; may be empty.
    pub title: String,
    /// The pages by group: the group's heading, which is empty where nothing is grouped.
    pub groups: Vec<(String, Vec<PageNo>)>,
    /// The key that they are grouped by.
    pub group_by: Option<String>,
    /// What it shows of each page.
    pub show: Vec<String>,
    /// How it looks.
    pub look: String,
    /// The headings of a worksheet's empty columns.
    pub columns: Vec<String>,
}

/// A map of a relation that a page asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapNode {
    /// Its heading; may be empty.
    pub title: String,
    /// The number of the relation.
    pub relation: u32,
    /// Whether it is seen from its far end.
    pub inverse: bool,
    /// What stands first, in order, each with the numbers of its edges.
    pub rows: Vec<(Thing, Vec<u32>)>,
}

/// A page of the guide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id: the path of its source, without extension.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// The language of its text: another one where a translation is missing.
    pub text_lang: Lang,
    /// Whether it stands in for a translation that is missing.
    pub fallback: bool,
    /// This page in every language, in the order of the site's languages; none where there is one
    /// language only.
    pub translations: Vec<PageNo>,
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
    /// Whether it was withdrawn for good.
    pub retired: bool,
    /// Whether it could not be read, or its address is another page's: it is not built, but links
    /// to it are no further faults.
    pub broken: bool,
    /// Whether it stands for a folder.
    pub is_section: bool,
    /// Its place among its neighbours.
    pub weight: Option<f64>,
    /// When it was last changed in substance: `updated`, else `date`.
    pub updated: Option<Date>,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Whether it stands in the sitemap.
    pub sitemap: bool,
    /// Whether it stands in the A–Z.
    pub a_z: bool,
    /// Whether feeds may tell of it.
    pub feed: bool,
    /// The pages below it that changed last, for its feed.
    pub recent: Vec<PageNo>,
    /// The index of the site that it shows.
    pub listing: Option<Listing>,
    /// The lists that it asks for, answered.
    pub lists: Vec<ListNode>,
    /// The maps that it asks for, answered.
    pub maps: Vec<MapNode>,
    /// Its place among the pages of a term.
    pub paging: Option<Paging>,
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
    /// Where each word of the glossary that its text uses leads.
    pub words: Vec<Target>,
    /// Of a word of the glossary, the pages that use it.
    pub used_on: Vec<PageNo>,
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
    /// Its `id` on the pages that show it.
    pub anchor: String,
    /// It in each language of the site, in their order; the first is as its own file has it.
    pub texts: Vec<EntryText>,
    /// Its relations.
    pub relations: Vec<Group>,
    /// The pages that cite it.
    pub cited_on: Vec<PageNo>,
    /// The pages whose text uses it as a word of the glossary.
    pub used_on: Vec<PageNo>,
}

/// An entry in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryText {
    /// What it is called.
    pub title: String,
    /// The language that it really is in.
    pub lang: Lang,
    /// The page that shows it.
    pub page: PageNo,
    /// Its place in the sources: data file, entry.
    pub source: (u32, u32),
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
    /// The language of that.
    pub lang: Lang,
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
    /// The language of that, where it is not the writer's.
    pub lang: Option<Lang>,
    /// Whether it is found, is elsewhere, or is no link after all.
    pub state: State,
    /// The page or entry, when it is one.
    pub thing: Option<Thing>,
    /// The length in bytes, of a file that is no page.
    pub len: Option<u64>,
}

impl Target {
    /// A target that leads nowhere.
    pub fn dead() -> Target {
        Target { href: String::new(), title: String::new(), lang: None, state: State::Dead, thing: None, len: None }
    }
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

/// A page that was withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gone {
    /// Its path from the site's root.
    pub url: String,
    /// Its language.
    pub lang: Lang,
    /// The page that readers are led to in its place.
    pub to: Option<PageNo>,
}

/// A letter of the A–Z.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The letter.
    pub label: String,
    /// What begins with it.
    pub items: Vec<IndexItem>,
}

/// A line of the A–Z.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexItem {
    /// What it is called here.
    pub name: String,
    /// Whether that is another name: then the line says what to see.
    pub is_other_name: bool,
    /// The page or entry.
    pub thing: Thing,
}

/// The whole guide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// The languages, the site's own first.
    pub languages: Vec<Lang>,
    /// Every language that a page is in: a page may name one that the site has not.
    pub spoken: BTreeSet<Lang>,
    /// Every page: the authored ones in the order of their files, then those that stand in for
    /// translations, then the generated ones.
    pub pages: Vec<Arc<Node>>,
    /// Every entry of every data kind.
    pub entries: Arc<Vec<EntryNode>>,
    /// Every relation between two of them.
    pub edges: Arc<Vec<Edge>>,
    /// Menus by name, in the site's own language.
    pub menus: BTreeMap<String, Vec<PageNo>>,
    /// The page for urgent help.
    pub urgent_help: Option<PageNo>,
    /// The home page of the site's own language.
    pub home: Option<PageNo>,
    /// Old addresses.
    pub redirects: Vec<Redirect>,
    /// Pages that were withdrawn.
    pub gone: Vec<Gone>,
    /// The A–Z of each language.
    pub a_z: BTreeMap<Lang, Vec<Letter>>,
}

/// The page that stands for `page` in a language.
pub fn counterpart(pages: &[Arc<Node>], page: PageNo, lang: &Lang) -> PageNo {
    let node = &pages[page as usize];
    if node.lang == *lang {
        return page;
    }
    node.translations.iter().copied().find(|other| pages[*other as usize].lang == *lang).unwrap_or(page)
}

impl Guide {
    /// The home page in each language.
    pub fn homes(&self) -> BTreeSet<PageNo> {
        let translations = self.home.iter().flat_map(|home| &self.page(*home).translations);
        self.home.iter().chain(translations).copied().collect()
    }

    /// A page that is being tied to others.
    pub fn page_mut(&mut self, number: PageNo) -> &mut Node {
        Arc::make_mut(&mut self.pages[number as usize])
    }

    /// A page.
    pub fn page(&self, number: PageNo) -> &Node {
        &self.pages[number as usize]
    }

    /// The page that was made of a source.
    pub fn authored(&self, source: u32) -> Option<PageNo> {
        let is_own = |node: &Arc<Node>| node.origin == Origin::Authored(source);
        // The authored pages come first, in the order of the sources.
        if self.pages.get(source as usize).is_some_and(is_own) {
            return Some(source);
        }
        self.pages.iter().position(is_own).map(|number| number as PageNo)
    }

    /// The pages that are written from a source, or from a translation of it.
    pub fn written_from(&self, source: u32) -> impl Iterator<Item = PageNo> {
        let own = self.authored(source);
        let others = own.map(|own| &self.page(own).translations).into_iter().flatten().copied();
        own.into_iter().chain(others)
    }

    /// An entry.
    pub fn entry(&self, number: EntryNo) -> &EntryNode {
        &self.entries[number as usize]
    }

    /// An entry in a language.
    pub fn entry_text(&self, number: EntryNo, lang: &Lang) -> &EntryText {
        let texts = &self.entry(number).texts;
        let own = self.languages.iter().position(|own| own == lang).unwrap_or(0);
        texts.get(own).unwrap_or(&texts[0])
    }

    /// The path of a thing from the site's root, with its anchor, as a page in that language leads to
    /// it.
    pub fn url(&self, thing: Thing, anchor: Option<&str>, lang: &Lang) -> String {
        match (thing, anchor) {
            (Thing::Page(page), None) => self.page(page).url.clone(),
            (Thing::Page(page), Some(anchor)) => format!("{}#{anchor}", self.page(page).url),
            (Thing::Entry(entry), _) => {
                format!("{}#{}", self.page(self.entry_text(entry, lang).page).url, self.entry(entry).anchor)
            }
        }
    }

    /// The kind of a thing.
    pub fn kind(&self, thing: Thing) -> &str {
        match thing {
            Thing::Page(page) => &self.page(page).kind,
            Thing::Entry(entry) => &self.entry(entry).kind,
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
