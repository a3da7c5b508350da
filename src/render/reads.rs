//! What the view of a page was made of, so that after an edit only those views are made again that show something
//! which differs.
//!
//! A view is made from the guide through [`Reading`], which notes every page, entry and edge that is looked at. What
//! is looked at in other ways must be the same for all pages of a language, or be compared in [`Changed::between`].

use crate::{
    base::lang::Lang,
    resolve::guide::{Edge, EntryNo, EntryNode, EntryText, Guide, Node, PageNo, Thing},
};
use rayon::prelude::*;
use std::{
    collections::BTreeSet,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// A part of the guide that a view was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// A page.
    Page(PageNo),
    /// An entry.
    Entry(EntryNo),
    /// A relation, by its number.
    Edge(u32),
    /// The pages below a page, in their order.
    Below(PageNo),
}

/// What one view has looked at so far.
#[derive(Debug, Default)]
pub struct Notes(Mutex<Vec<Read>>);

impl Notes {
    fn add(&self, read: Read) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(read);
    }

    /// Each once.
    pub fn done(self) -> Vec<Read> {
        let mut reads = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        reads.sort_unstable();
        reads.dedup();
        reads
    }
}

/// The guide as a view reads it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    guide: &'a Guide,
    notes: Option<&'a Notes>,
}

impl<'a> Reading<'a> {
    /// Reads without notes.
    pub fn new(guide: &'a Guide) -> Reading<'a> {
        Reading { guide, notes: None }
    }

    /// The same, with notes.
    pub fn noting(self, notes: &'a Notes) -> Reading<'a> {
        Reading { notes: Some(notes), ..self }
    }

    fn note(&self, read: Read) {
        if let Some(notes) = self.notes {
            notes.add(read);
        }
    }

    /// As [`Guide::page`].
    pub fn page(&self, number: PageNo) -> &'a Node {
        self.note(Read::Page(number));
        self.guide.page(number)
    }

    /// The pages below a page: many show it, and few what lies below it. So views look there in this way only.
    pub fn below(&self, number: PageNo) -> &'a [PageNo] {
        self.note(Read::Below(number));
        &self.guide.page(number).children
    }

    /// As [`Guide::entry`].
    pub fn entry(&self, number: EntryNo) -> &'a EntryNode {
        self.note(Read::Entry(number));
        self.guide.entry(number)
    }

    /// A relation.
    pub fn edge(&self, number: u32) -> &'a Edge {
        self.note(Read::Edge(number));
        &self.guide.edges[number as usize]
    }

    /// As [`Guide::entry_text`].
    pub fn entry_text(&self, number: EntryNo, lang: &Lang) -> &'a EntryText {
        self.note(Read::Entry(number));
        self.guide.entry_text(number, lang)
    }

    /// As [`Guide::url`]. Addresses are compared as a whole.
    pub fn url(&self, thing: Thing, anchor: Option<&str>, lang: &Lang) -> String {
        self.note(thing.into());
        self.guide.url(thing, anchor, lang)
    }

    /// As [`Guide::kind`].
    pub fn kind(&self, thing: Thing) -> &'a str {
        self.note(thing.into());
        self.guide.kind(thing)
    }

    /// As [`Guide::trail`].
    pub fn trail(&self, page: PageNo) -> Vec<PageNo> {
        let trail = self.guide.trail(page);
        trail.iter().chain([&page]).for_each(|above| self.note(Read::Page(*above)));
        trail
    }
}

impl Deref for Reading<'_> {
    type Target = Guide;

    fn deref(&self) -> &Guide {
        self.guide
    }
}

impl From<Thing> for Read {
    fn from(thing: Thing) -> Read {
        match thing {
            Thing::Page(page) => Read::Page(page),
            Thing::Entry(entry) => Read::Entry(entry),
        }
    }
}

/// A page that is made of more parts of the guide than this may wait while an editor waits for hers: 1,000 take some ten
/// milliseconds.
const MANY: usize = 1000;

/// What of a guide differs from the one before.
#[derive(Debug)]
pub struct Changed {
    pages: Vec<bool>,
    entries: Vec<bool>,
    edges: Vec<bool>,
    /// The pages that have others below them than before, or in another order.
    below: Vec<bool>,
    /// The pages that differ in what the guide does not know of them, or that somebody waits for.
    own: BTreeSet<PageNo>,
    /// Whether pages that show very many others may be made later.
    pub may_wait: bool,
}

impl Changed {
    /// Compares two guides that were made with the same settings. `None` where pages, entries or relations came or
    /// went, or stand elsewhere: then nothing can be said by their numbers.
    pub fn between(before: &Guide, now: &Guide) -> Option<Changed> {
        let stands = |(a, b): (&Arc<Node>, &Arc<Node>)| {
            Arc::ptr_eq(a, b)
                || (&a.id, &a.lang, &a.url, &a.origin, a.hidden, a.broken, &a.translations)
                    == (&b.id, &b.lang, &b.url, &b.origin, b.hidden, b.broken, &b.translations)
        };
        let is_same = before.pages.len() == now.pages.len()
            && before.entries.len() == now.entries.len()
            && before.edges.len() == now.edges.len()
            && (before.home, &before.languages) == (now.home, &now.languages)
            && before.pages.par_iter().zip(&now.pages).all(stands);
        // But in what lies below.
        let differs = |a: &Arc<Node>, b: &Arc<Node>| {
            !Arc::ptr_eq(a, b) && a != b && **a != Node { children: a.children.clone(), ..Node::clone(b) }
        };
        is_same.then(|| Changed {
            // An index of the whole site shows what it does not read page by page.
            pages: before.pages.par_iter().zip(&now.pages).map(|(a, b)| differs(a, b) || b.listing.is_some()).collect(),
            entries: before.entries.par_iter().zip(&*now.entries).map(|(a, b)| a != b).collect(),
            edges: before.edges.par_iter().zip(&*now.edges).map(|(a, b)| a != b).collect(),
            below: before
                .pages
                .par_iter()
                .zip(&now.pages)
                .map(|(a, b)| !Arc::ptr_eq(a, b) && a.children != b.children)
                .collect(),
            own: BTreeSet::new(),
            may_wait: false,
        })
    }

    /// Notes that a page differs in what the guide does not know of it, or that somebody waits for it.
    pub fn add(&mut self, page: PageNo) {
        self.pages[page as usize] = true;
        self.own.insert(page);
    }

    /// Whether a page whose view was made of these can be made later.
    pub fn can_wait(&self, page: PageNo, reads: &[Read]) -> bool {
        self.may_wait && reads.len() > MANY && !self.own.contains(&page)
    }

    /// Whether a page is as it was before, in all that the guide knows of it and in its text.
    pub fn is_same(&self, page: PageNo) -> bool {
        !self.pages[page as usize]
    }

    /// The pages that are not.
    pub fn others(&self) -> impl Iterator<Item = PageNo> {
        (0..).zip(&self.pages).filter(|(_, differs)| **differs).map(|(page, _)| page)
    }

    /// Whether a view that was made of these may differ. Of one that is made of nothing nothing is known.
    pub fn touches(&self, reads: &[Read]) -> bool {
        reads.is_empty()
            || reads.iter().any(|read| match *read {
                Read::Page(page) => self.pages[page as usize],
                Read::Entry(entry) => self.entries[entry as usize],
                Read::Edge(edge) => self.edges[edge as usize],
                Read::Below(page) => self.below[page as usize],
            })
    }
}
