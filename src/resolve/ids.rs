//! What a reference can mean: ids and their tails, titles and other names, entries of data kinds.

use super::guide::{EntryNode, Node, Origin, PageNo, Thing};
use crate::{
    base::{lang::Lang, path::nfc},
    load::page::Page,
};
use rustc_hash::FxHashMap;
use std::{borrow::Cow, sync::Arc};
use unicode_normalization::UnicodeNormalization;

/// What came of looking a reference up.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// Exactly this.
    One(Thing),
    /// Several things fit; these are their full names.
    Many(Vec<String>),
    /// Nothing fits.
    None,
}

/// The names of everything.
#[derive(Debug, Default)]
pub struct Index {
    /// Ids and every tail of them.
    tails: FxHashMap<String, Vec<Thing>>,
    /// Titles and other names, folded.
    names: FxHashMap<String, Vec<Thing>>,
    /// `kind:code` of entries.
    codes: FxHashMap<String, Thing>,
    /// Pages by URL.
    urls: FxHashMap<String, PageNo>,
    /// The words that a slip may have been meant for.
    words: Vec<String>,
}

impl Index {
    /// Indexes pages and entries. `authored` gives the source of an authored page.
    pub fn new<'a>(
        pages: &'a [Arc<Node>],
        entries: &[EntryNode],
        authored: impl Fn(&'a Node) -> Option<&'a Page>,
        also: impl Fn(&EntryNode) -> Vec<String>,
    ) -> Index {
        let mut index = Index::default();
        for (i, page) in pages.iter().enumerate() {
            let thing = Thing::Page(i as PageNo);
            // Of two pages with one address the first is built.
            index.urls.entry(page.url.clone()).or_insert(i as PageNo);
            // A page that nobody wrote answers to its whole name only, so that a term never
            // makes the name of a page ambiguous.
            if matches!(page.origin, Origin::Taxonomy(_) | Origin::Term(..) | Origin::Listing) {
                index.tails.entry(page.id.clone()).or_default().push(thing);
                continue;
            }
            let mut tail = page.id.as_str();
            loop {
                index.tails.entry(tail.into()).or_default().push(thing);
                match tail.split_once('/') {
                    Some((_, rest)) => tail = rest,
                    None => break,
                }
            }
            index.words.push(tail.into());
            let also = authored(page).map_or(&[][..], |page| &page.also_known_as);
            for name in also.iter().chain([&page.title]) {
                let things = index.names.entry(fold(name)).or_default();
                if things.last() != Some(&thing) {
                    things.push(thing);
                }
            }
        }
        for (i, entry) in entries.iter().enumerate() {
            let thing = Thing::Entry(i as u32);
            index.tails.entry(entry.id.clone()).or_default().push(thing);
            index.codes.insert(format!("{}:{}", entry.kind, entry.id), thing);
            index.words.push(entry.id.clone());
            for name in also(entry).iter().chain(entry.texts.iter().map(|text| &text.title)) {
                let things = index.names.entry(fold(name)).or_default();
                if things.last() != Some(&thing) {
                    things.push(thing);
                }
            }
        }
        index.words.sort();
        index.words.dedup();
        index
    }

    /// Looks a reference up: an exact id wins, then a unique tail. `kinds` narrows what may be
    /// meant, `lang` prefers pages of the writer's language.
    pub fn find(
        &self,
        name: &str,
        lang: &Lang,
        pages: &[Arc<Node>],
        entries: &[EntryNode],
        kinds: impl Fn(&str) -> bool,
    ) -> Found {
        if let Some(thing) = self.codes.get(name) {
            return Found::One(*thing);
        }
        let name = &*nfc(name.trim_matches('/'));
        let Some(things) = self.tails.get(name) else { return Found::None };
        self.choose(things, Some(name), lang, pages, entries, kinds)
    }

    /// As [`Index::find`], then by title and other names: what a wiki link may say.
    pub fn find_by_name(&self, name: &str, lang: &Lang, pages: &[Arc<Node>], entries: &[EntryNode]) -> Found {
        match self.find(name, lang, pages, entries, |_| true) {
            Found::None => match self.names.get(&fold(name)) {
                Some(things) => self.choose(things, None, lang, pages, entries, |_| true),
                None => Found::None,
            },
            found => found,
        }
    }

    /// The entry of that code among the kinds that `kinds` allows.
    pub fn entry(&self, code: &str, entries: &[EntryNode], kinds: impl Fn(&str) -> bool) -> Option<Thing> {
        if let Some(thing @ Thing::Entry(number)) = self.codes.get(code).copied() {
            return kinds(&entries[number as usize].kind).then_some(thing);
        }
        let things = self.tails.get(code)?;
        things.iter().copied().find(|thing| match thing {
            Thing::Entry(number) => kinds(&entries[*number as usize].kind),
            Thing::Page(_) => false,
        })
    }

    /// The page at a path from the site's root.
    pub fn page_at(&self, url: &str) -> Option<PageNo> {
        self.urls.get(url).copied()
    }

    /// Every word that a reference may have been meant for.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    fn choose(
        &self,
        things: &[Thing],
        exact: Option<&str>,
        lang: &Lang,
        pages: &[Arc<Node>],
        entries: &[EntryNode],
        kinds: impl Fn(&str) -> bool,
    ) -> Found {
        let page = |thing: &Thing| match thing {
            Thing::Page(number) => Some(&pages[*number as usize]),
            Thing::Entry(_) => None,
        };
        let kind = |thing: &Thing| match thing {
            Thing::Page(number) => pages[*number as usize].kind.as_str(),
            Thing::Entry(number) => entries[*number as usize].kind.as_str(),
        };
        if let [only] = things {
            return Found::One(*only);
        }
        // One page in several languages is one page: the writer's language, else the first.
        let mut choice: Vec<Thing> = Vec::new();
        for thing in things {
            let same = |other: &Thing| page(other).zip(page(thing)).is_some_and(|(a, b)| a.id == b.id);
            match choice.iter_mut().find(|other| same(other)) {
                Some(other) if page(thing).is_some_and(|page| page.lang == *lang) => *other = *thing,
                Some(_) => {}
                None => choice.push(*thing),
            }
        }
        let exact = choice.iter().find(|thing| page(thing).is_some_and(|page| Some(page.id.as_str()) == exact));
        let fitting: Vec<Thing> = choice.iter().copied().filter(|thing| kinds(kind(thing))).collect();
        match (exact, fitting.as_slice(), choice.as_slice()) {
            (_, [only], _) | (_, [], [only]) => Found::One(*only),
            (Some(exact), ..) => Found::One(*exact),
            _ => {
                let several = if fitting.is_empty() { &choice } else { &fitting };
                Found::Many(
                    several
                        .iter()
                        .map(|thing| match thing {
                            Thing::Page(number) => pages[*number as usize].id.clone(),
                            Thing::Entry(number) => {
                                let entry = &entries[*number as usize];
                                format!("{}:{}", entry.kind, entry.id)
                            }
                        })
                        .collect(),
                )
            }
        }
    }
}

/// Whether a name is the end of an id, or all of it: how a reference may call a page.
pub fn is_tail(id: &str, name: &str) -> bool {
    id.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// A name as it is compared: lower case, blanks as one space, accents in one form (NFC), quotation
/// marks as a keyboard has them.
pub fn fold(name: &str) -> String {
    let plain = |c| match c {
        '‘' | '’' | '‚' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        c => c,
    };
    let name: Cow<str> = match name.is_ascii() {
        true => name.into(),
        false => name.nfc().map(plain).collect(),
    };
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
