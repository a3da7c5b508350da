//! The guide after pages were given other names, and nothing else that others could show was edited: the guide before,
//! with these names, and in the order that they ask for.
//!
//! It is what [`super::resolver::resolve`] makes of the same sources (`tests/renaming.rs`), in the time of the pages
//! that show those names and not of all pages. Where that is not sure there is no such guide, and all is resolved.

use super::{
    a_z,
    guide::{Guide, Node, Origin, PageNo, Target, Thing},
    ids::{Index, fold},
    links::split_anchor,
    maps, nodes, queries,
    resolver::{self, Setting},
    sections, taxonomy, urls,
};
use crate::{
    base::finding::Finding,
    load::{content::Link, facts::Page, glossary::Uses, markdown::LinkKind, sources::Sources},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What the guide before was made of, it, and what was found in the making.
pub type Before<'a> = (&'a Sources, &'a (Guide, Vec<Finding>));

/// So many pages at a time: of more, resolving everything is no slower.
const FEW: usize = 50;

/// The guide of sources of which only the texts of the pages `edited` differ from those before.
pub fn guide((old, before): Before, sources: &Sources, edited: &[u32], setting: Setting) -> Option<Guide> {
    let (guide, findings) = before;
    let page = |sources: &'_ Sources, number: u32| sources.pages[number as usize].page.clone();
    let mut pairs = edited.iter().map(|number| (page(old, *number), page(sources, *number)));
    // Much of what is wrong is told with the names of pages.
    let is_small = edited.len() <= FEW && findings.is_empty();
    if !is_small || !pairs.all(|(a, b)| has_all_but_names(a, b)) || !has_words_of(old, sources) {
        return None;
    }
    let is_own = |source: u32, page: &PageNo| guide.page(*page).origin == Origin::Authored(source);
    let own = |source: &u32| guide.written_from(*source).filter(move |page| is_own(*source, page)).collect::<Vec<_>>();
    let renamed: BTreeSet<PageNo> = edited.iter().flat_map(own).collect();
    let mut out = guide.clone();
    for page in &renamed {
        let node = out.page_mut(*page);
        let Some(source) = node.page(sources) else { continue };
        nodes::Names { title: node.title, short: node.short, summary: node.summary } =
            nodes::names(source, setting.site);
    }
    let renaming = Renaming { sources, before: guide, renamed: &renamed };
    if renaming.is_named_by_title() || renaming.has_namesake(&out) || renaming.is_led_to_from_data() {
        return None;
    }
    let titles: BTreeMap<Thing, String> =
        renamed.iter().map(|page| (Thing::Page(*page), out.page(*page).title.clone())).collect();
    for page in renaming.shown_on() {
        let node = out.page_mut(page);
        for target in node.targets.iter_mut().chain(&mut node.words).filter(|target| renaming.is_shown_by(target)) {
            target.title = target.thing.and_then(|thing| titles.get(&thing)).cloned().unwrap_or_default();
        }
    }
    for redirect in &mut out.redirects {
        let (path, _) = split_anchor(&redirect.to);
        // A page that is broken for its address is not the one at it.
        let is_there = |node: &&Arc<Node>| node.url == path && !node.hidden && !node.broken;
        if let Some(far) = renamed.iter().map(|page| &out.pages[*page as usize]).find(is_there) {
            redirect.title = far.title.clone();
        }
    }
    let sections: BTreeSet<PageNo> = renamed.iter().filter_map(|page| out.page(*page).section).collect();
    for section in sections {
        sections::sort_again(&mut out, section, &renamed, setting.site);
    }
    let terms = |page: &PageNo| out.page(*page).terms.iter().flat_map(|(_, terms)| terms.clone()).collect::<Vec<_>>();
    let terms: BTreeSet<PageNo> = renamed.iter().flat_map(terms).collect();
    for term in terms {
        taxonomy::sort_again(&mut out, term, &renamed, setting.site);
    }
    out.a_z = a_z::again(&out, &renamed, sources, setting);
    ask_again(&mut out, sources, setting)?;
    Some(out)
}

/// Whether pages use the same words of the glossary as before.
fn has_words_of(old: &Sources, new: &Sources) -> bool {
    let (old, new) = (&old.glossary, &new.glossary);
    let same = |(a, b): (&Arc<Uses>, &Arc<Uses>)| Arc::ptr_eq(a, b) || a.terms == b.terms;
    old.terms == new.terms && old.uses.len() == new.uses.len() && old.uses.iter().zip(&new.uses).all(same)
}

/// Whether two pages differ in nothing that resolving looks at but in their names.
fn has_all_but_names(a: Page, b: Page) -> bool {
    let Page { title, short, tab_title, summary, searches, .. } = a.clone();
    a == Page { title, short, tab_title, summary, searches, ..b }
}

/// Pages that have other names than before.
struct Renaming<'a> {
    sources: &'a Sources,
    before: &'a Guide,
    renamed: &'a BTreeSet<PageNo>,
}

impl Renaming<'_> {
    fn is_renamed(&self, target: &Target) -> bool {
        matches!(target.thing, Some(Thing::Page(page)) if self.renamed.contains(&page))
    }

    /// Whether a link calls what it leads to by the name of one of these pages: not if it calls it by that of a
    /// heading there.
    fn is_shown_by(&self, target: &Target) -> bool {
        let Some(Thing::Page(page)) = target.thing.filter(|_| self.is_renamed(target) && !target.title.is_empty())
        else {
            return false;
        };
        let Some((_, fragment)) = target.href.split_once('#') else { return true };
        let headings = self.before.page(page).page(self.sources).map_or(&[][..], |page| &page.outline);
        !headings.iter().any(|heading| urls::encode(&heading.id) == fragment)
    }

    /// Whether some link leads to one of them because it had its old title.
    fn is_named_by_title(&self) -> bool {
        let by_title = |(link, target): (&Link, &Target)| {
            let Some(Thing::Page(page)) = target.thing.filter(|_| link.kind == LinkKind::Wiki) else { return false };
            self.renamed.contains(&page) && fold(split_anchor(&link.target).0) == fold(&self.before.page(page).title)
        };
        self.before.pages.par_iter().any(|node| {
            let links = node.page(self.sources).map_or(&[][..], |page| &page.content.links);
            links.iter().zip(&node.targets).any(by_title)
        })
    }

    /// Whether something else has one of the new titles for a name, so that a link by that name may mean either. A
    /// page is one in all languages.
    fn has_namesake(&self, now: &Guide) -> bool {
        let mut new: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for page in self.renamed {
            let node = now.page(*page);
            new.entry(fold(&node.title)).or_default().insert(&node.id);
        }
        let is_new = |name: &String| new.contains_key(&fold(name));
        let has = |node: &Arc<Node>| {
            let also = node.page(self.sources).map_or(&[][..], |page| &page.also_known_as);
            let others = |name: &String| new.get(&fold(name)).is_some_and(|ids| ids.iter().any(|id| *id != node.id));
            also.iter().chain([&node.title]).any(others)
        };
        let entries = now.entries.par_iter().any(|entry| {
            let also = resolver::other_names(entry, self.sources);
            also.iter().chain(entry.texts.iter().map(|text| &text.title)).any(is_new)
        });
        entries || now.pages.par_iter().any(has)
    }

    /// Whether a link in data or on a relation leads to one of them: what it is called by is not known here.
    fn is_led_to_from_data(&self) -> bool {
        let leads = |target: &Target| self.is_renamed(target);
        let texts = self.before.entries.par_iter().flat_map_iter(|entry| &entry.texts);
        texts.any(|text| text.targets.iter().any(leads))
            || self.before.edges.par_iter().any(|edge| edge.targets.iter().any(leads))
    }

    /// The pages with links that show one of the names.
    fn shown_on(&self) -> Vec<PageNo> {
        let is_shown = |target: &Target| self.is_shown_by(target);
        let shows = |(page, node): (usize, &Arc<Node>)| {
            node.targets.iter().chain(&node.words).any(is_shown).then_some(page as PageNo)
        };
        self.before.pages.par_iter().enumerate().filter_map(shows).collect()
    }
}

/// Has all lists and maps answered again, if there are any; `None` if something is wrong with them now.
fn ask_again(guide: &mut Guide, sources: &Sources, setting: Setting) -> Option<()> {
    let has = |node: &Arc<Node>| !node.lists.is_empty() || !node.maps.is_empty();
    if !guide.pages.iter().any(has) {
        return Some(());
    }
    let mut findings = Vec::new();
    // The later pages of terms were made after the lists were.
    let count = guide.pages.iter().position(|node| node.paging.as_ref().is_some_and(|paging| paging.number > 0));
    let pages = &guide.pages[..count.unwrap_or(guide.pages.len())];
    let also = |entry: &_| resolver::other_names(entry, sources);
    let index = Index::new(pages, &guide.entries, |node| node.page(sources), also);
    let lookup = resolver::lookup(sources, setting, pages, &guide.entries, &index, &guide.languages);
    let lists = queries::answer(&lookup, sources, &guide.edges, &mut findings);
    let maps = maps::answer(&lookup, sources, &guide.edges, &mut findings);
    drop(lookup);
    resolver::put_answers(guide, lists, maps);
    findings.is_empty().then_some(())
}
