//! Puts links, relations and words of the glossary into the nodes, and from them what each is
//! mentioned, cited and used by.

use super::{
    guide::{Group, Guide, Node, Origin, PageNo, State, Target, Thing},
    links::Lookup,
    relations::Author,
};
use crate::load::{sources::Sources, uses::Term};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// Where each word of the glossary that a page uses leads; a word that leads to the page itself, or
/// that its text links anyway, is a plain word there.
pub fn words(
    lookup: &Lookup,
    sources: &Sources,
    authors: &[Author],
    links: &[Vec<Target>],
) -> Vec<(PageNo, Vec<Target>)> {
    let mut pages: HashMap<(u32, &str), PageNo> = HashMap::new();
    for (i, node) in lookup.pages.iter().enumerate() {
        if let Origin::Authored(number) = node.origin {
            pages.insert((number, node.lang.tag()), i as PageNo);
        }
    }
    let mut all = Vec::new();
    for (author, links) in authors.iter().zip(links).filter(|(author, _)| !author.inherited) {
        let Thing::Page(page) = author.thing else { continue };
        let node = &lookup.pages[page as usize];
        let Origin::Authored(number) = node.origin else { continue };
        let linked: HashSet<Thing> = links.iter().filter_map(|target| target.thing).collect();
        let target = |term: &Term| {
            let thing = match term {
                Term::Page(number) => pages.get(&(*number, node.lang.tag())).map(|page| Thing::Page(*page)),
                Term::Entry(kind, code) => lookup.index.entry(&format!("{kind}:{code}"), lookup.entries, |_| true),
            };
            let thing = thing.filter(|thing| !linked.contains(thing) && is_elsewhere(lookup, *thing, page));
            match thing {
                Some(thing) => lookup.here(thing, None, author.writer),
                None => Target {
                    href: String::new(),
                    title: String::new(),
                    lang: None,
                    state: State::Word,
                    thing: None,
                    len: None,
                },
            }
        };
        let words: Vec<Target> = sources.glossary.used(number, &node.text_lang).map(target).collect();
        if !words.is_empty() {
            all.push((page, words));
        }
    }
    all
}

/// Whether a word is shown on another page than this, and on one that readers can see.
fn is_elsewhere(lookup: &Lookup, thing: Thing, page: PageNo) -> bool {
    let shown: Vec<PageNo> = match thing {
        Thing::Page(own) => vec![own],
        Thing::Entry(entry) => lookup.entries[entry as usize].texts.iter().map(|text| text.page).collect(),
    };
    shown.iter().all(|own| *own != page && !lookup.pages[*own as usize].hidden && !lookup.pages[*own as usize].broken)
}

/// Puts everything into its place. `links` are those of each author, in their order.
pub fn tie(
    guide: &mut Guide,
    authors: Vec<(Thing, Option<usize>, bool)>,
    links: Vec<Vec<Target>>,
    words: Vec<(PageNo, Vec<Target>)>,
    groups: BTreeMap<Thing, Vec<Group>>,
) {
    let mut mentions: Vec<Vec<PageNo>> = vec![Vec::new(); guide.pages.len()];
    let mut entries = std::mem::take(&mut guide.entries);
    let own = Arc::make_mut(&mut entries);
    for ((thing, language, inherited), targets) in authors.into_iter().zip(links) {
        if let (Thing::Entry(entry), Some(language)) = (thing, language) {
            own[entry as usize].texts[language].targets = targets;
            continue;
        }
        let Thing::Page(writer) = thing else { continue };
        for target in &targets {
            match target.thing {
                Some(Thing::Page(page)) if page != writer => mentions[page as usize].push(writer),
                Some(Thing::Entry(entry)) => own[entry as usize].cited_on.push(writer),
                _ => {}
            }
        }
        if !inherited {
            guide.page_mut(writer).targets = targets;
        }
    }
    for (writer, words) in words {
        for word in &words {
            match word.thing {
                Some(Thing::Page(page)) => guide.page_mut(page).used_on.push(writer),
                Some(Thing::Entry(entry)) => own[entry as usize].used_on.push(writer),
                None => {}
            }
        }
        guide.page_mut(writer).words = words;
    }
    for entry in &mut *own {
        sort_once(&mut entry.cited_on);
    }
    for (thing, groups) in groups {
        match thing {
            Thing::Page(page) => guide.page_mut(page).relations = groups,
            Thing::Entry(entry) => own[entry as usize].relations = groups,
        }
    }
    guide.entries = entries;
    for (page, mut from) in mentions.into_iter().enumerate() {
        sort_once(&mut from);
        if from.is_empty() {
            continue;
        }
        let related = related(guide, &guide.pages[page]);
        from.retain(|writer| !related.contains(&Thing::Page(*writer)));
        guide.page_mut(page as PageNo).mentions = from;
    }
}

fn sort_once(pages: &mut Vec<PageNo>) {
    pages.sort_unstable();
    pages.dedup();
}

fn related(guide: &Guide, node: &Node) -> HashSet<Thing> {
    let edges = node.relations.iter().flat_map(|group| &group.edges).map(|edge| &guide.edges[*edge as usize]);
    edges.flat_map(|edge| [edge.from.thing, edge.to.thing]).collect()
}
