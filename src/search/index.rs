//! From the words of what can be found to an index: terms, postings with impacts, cards.

use super::{
    found::{FIELD_COUNT, Found, Word},
    terms::Terms,
};
use crate::base::lang::Lang;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The weight of each field, in the order of [`Field`](super::found::Field): a word of the title says most of what a page is
/// about, then other names, headings and the summary.
const WEIGHTS: [f32; FIELD_COUNT] = [3.0, 2.0, 1.5, 1.5, 1.0];

/// How much the length of each field counts (b of BM25): many other names, or a long title, are no fault.
const LENGTHS: [f32; FIELD_COUNT] = [0.3, 0.2, 0.5, 0.3, 0.75];

/// How soon repeating a word says nothing new (k1 of BM25).
const SATURATION: f32 = 1.2;

/// What the last part of a compound counts, beside the compound itself.
const TAIL: f32 = 0.5;

/// What a word counts that only stands for another: of 255.
pub const SYNONYM: u8 = 178;

/// How finely impacts are told: so many steps compress well, and rank like more.
const STEPS: f32 = 16.0;

/// A word is common that stands in more than one document of so many.
pub const COMMON: usize = 4;

/// But not in fewer documents than this.
const FEW: usize = 8;

/// Something that can be found, with what a result shows of it.
#[derive(Debug)]
pub struct Item<'a> {
    /// What was read.
    pub found: &'a Found<'a>,
    /// Its address.
    pub url: String,
    /// What one of its kind is called; may be empty.
    pub kind: String,
    /// The values of each facet: facet, title, value.
    pub facets: Vec<(String, String, String)>,
}

/// An index of one language.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// Every word, sorted.
    pub surfaces: Vec<Surface<'a>>,
    /// The postings of each term, by document.
    pub postings: Vec<Vec<Posting>>,
    /// What can be found.
    pub cards: Vec<Card<'a>>,
    /// By what a reader may narrow a search.
    pub facets: Vec<Facet>,
}

/// A word with the terms that it stands for and what each counts, of 255.
#[derive(Debug)]
pub struct Surface<'a> {
    /// The word.
    pub word: &'a str,
    /// Its term, and what that counts.
    pub term: (u32, u8),
    /// Further terms that it stands for.
    pub more: Vec<(u32, u8)>,
}

/// A term in a document.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    /// The number of the document.
    pub doc: u32,
    /// What the term says of it: saturated and weighted frequency, of 255.
    pub impact: u8,
    /// The section that says it most.
    pub section: u8,
}

/// What a result shows.
#[derive(Debug)]
pub struct Card<'a> {
    /// What was read: title, excerpt and sections.
    pub found: &'a Found<'a>,
    /// Its address.
    pub url: &'a str,
    /// What one of its kind is called.
    pub kind: &'a str,
}

impl Card<'_> {
    /// Id and words of the headings that a posting can name.
    pub fn sections(&self) -> &[(String, String)] {
        &self.found.sections[..self.found.sections.len().min(u8::MAX.into())]
    }
}

/// A way to narrow a search.
#[derive(Debug)]
pub struct Facet {
    /// `kind`, or the name of a taxonomy.
    pub name: String,
    /// What readers call it.
    pub title: String,
    /// Its values with the documents of each.
    pub values: Vec<(String, Vec<u32>)>,
}

/// Makes the index of everything in one language. `synonyms` has words that readers type, each with words
/// that pages use instead.
pub fn index<'w>(items: &'w [Item<'w>], lang: &Lang, synonyms: &'w [(String, Vec<String>)]) -> Index<'w> {
    let terms = Terms::of(lang);
    let Numbered { numbers, all, of_items: numbered } = number(items);
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    order.par_sort_unstable_by_key(|number| all[*number as usize].0);
    let keys: Vec<String> = all.par_iter().map(|(_, written)| terms.of_word(written)).collect();
    // Terms are numbered as the first of their words are sorted.
    let mut by_key: FxHashMap<&str, u32> = FxHashMap::default();
    let mut term_of = vec![0u32; all.len()];
    for number in &order {
        let next = by_key.len() as u32;
        term_of[*number as usize] = *by_key.entry(&keys[*number as usize]).or_insert(next);
    }
    let tails: Vec<Option<u32>> =
        all.par_iter().map(|(word, _)| Some(term_of[*numbers.get(terms.tail(word, &numbers)?)? as usize])).collect();

    let means = means(items);
    let of_items: Vec<Vec<(u32, u8, u8)>> = items
        .par_iter()
        .zip(&numbered)
        .map(|(item, numbers)| {
            let lengths = item.found.lengths;
            let mut weights: Vec<(u32, f32, u32, u16)> = Vec::with_capacity(numbers.len());
            for (word, number) in item.found.words().zip(numbers) {
                let mut weight = 0.0;
                for field in 0..FIELD_COUNT {
                    let count = f32::from(word.counts[field]);
                    if count > 0.0 {
                        let relative = lengths[field] as f32 / means[field].max(f32::MIN_POSITIVE);
                        weight += WEIGHTS[field] * count / (1.0 + LENGTHS[field] * (relative - 1.0));
                    }
                }
                let number = *number as usize;
                let times = word.counts.iter().map(|count| u32::from(*count)).sum();
                weights.push((term_of[number], weight, times, word.section));
                if let Some(tail) = tails[number] {
                    weights.push((tail, weight * TAIL, 0, word.section));
                }
            }
            weights.sort_by_key(|(term, ..)| *term);
            let mut out: Vec<(u32, u8, u8)> = Vec::with_capacity(weights.len());
            for same in weights.chunk_by(|a, b| a.0 == b.0) {
                let weight: f32 = same.iter().map(|(_, weight, ..)| weight).sum();
                let section = same.iter().rev().max_by_key(|(.., times, _)| *times).map_or(0, |(.., section)| *section);
                let step = (weight / (SATURATION + weight) * STEPS).round().clamp(1.0, STEPS - 1.0);
                let impact = step * (256.0 / STEPS);
                out.push((same[0].0, impact as u8, u8::try_from(section).unwrap_or(0)));
            }
            out
        })
        .collect();
    let mut counts = vec![0usize; by_key.len()];
    of_items.iter().flatten().for_each(|(term, ..)| counts[*term as usize] += 1);
    let mut postings: Vec<Vec<Posting>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (doc, terms) in (0..).zip(of_items) {
        for (term, impact, section) in terms {
            postings[term as usize].push(Posting { doc, impact, section });
        }
    }

    // A word that many say does not tell where to open one of them.
    for common in postings.iter_mut().filter(|own| own.len() > (items.len() / COMMON).max(FEW)) {
        common.iter_mut().for_each(|posting| posting.section = 0);
    }

    let own = |number: &u32| {
        let number = *number as usize;
        Surface { word: all[number].0, term: (term_of[number], 255), more: Vec::new() }
    };
    let mut surfaces: Vec<Surface> = order.iter().map(own).collect();
    for (word, meant) in synonyms {
        let terms = meant.iter().filter_map(|word| numbers.get(word.as_str())).map(|number| term_of[*number as usize]);
        for term in terms {
            match surfaces.binary_search_by(|surface| surface.word.cmp(word)) {
                Ok(at) if surfaces[at].term.0 != term && !surfaces[at].more.contains(&(term, SYNONYM)) => {
                    surfaces[at].more.push((term, SYNONYM));
                }
                Ok(_) => {}
                Err(at) => surfaces.insert(at, Surface { word, term: (term, SYNONYM), more: Vec::new() }),
            }
        }
    }
    let card = |item: &'w Item<'w>| Card { found: item.found, url: &item.url, kind: &item.kind };
    Index { surfaces, postings, cards: items.iter().map(card).collect(), facets: facets(items) }
}

/// Words by number, in the order in which they come, as looked up and as written; and the numbers of each item.
#[derive(Default)]
struct Numbered<'w> {
    numbers: FxHashMap<&'w str, u32>,
    all: Vec<(&'w str, &'w str)>,
    of_items: Vec<Vec<u32>>,
}

impl<'w> Numbered<'w> {
    fn number(&mut self, text: &'w str, written: &'w str) -> u32 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.all.push((text, written));
            self.all.len() as u32 - 1
        })
    }
}

/// Numbers the words of all items. Each core does so for a part of them, and then the numbers of the parts are
/// made those of the whole: a site says the same words again and again, so that is little.
fn number<'w>(items: &'w [Item<'w>]) -> Numbered<'w> {
    let part = items.len().div_ceil(rayon::current_num_threads()).max(1);
    let parts: Vec<Numbered<'w>> = items
        .par_chunks(part)
        .map(|items| {
            let mut own = Numbered::default();
            for item in items {
                let words =
                    item.found.words().map(|word: Word<'w>| own.number(word.text, word.written.unwrap_or(word.text)));
                let words = words.collect();
                own.of_items.push(words);
            }
            own
        })
        .collect();
    let mut whole = Numbered::default();
    for mut part in parts {
        let renumbered: Vec<u32> = part.all.iter().map(|(text, written)| whole.number(text, written)).collect();
        let renumber = |own: &mut Vec<u32>| own.iter_mut().for_each(|number| *number = renumbered[*number as usize]);
        part.of_items.par_iter_mut().for_each(renumber);
        whole.of_items.append(&mut part.of_items);
    }
    whole
}

/// The mean number of words in each field, of those that have it.
fn means(items: &[Item]) -> [f32; FIELD_COUNT] {
    let mut sums = [(0u64, 0u64); FIELD_COUNT];
    for item in items {
        for (sum, length) in sums.iter_mut().zip(item.found.lengths) {
            sum.0 += u64::from(length);
            sum.1 += u64::from(length > 0);
        }
    }
    sums.map(|(sum, count)| sum as f32 / count.max(1) as f32)
}

fn facets(items: &[Item]) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    let mut places: FxHashMap<(&str, &str), (usize, usize)> = FxHashMap::default();
    for (doc, item) in (0..).zip(items) {
        for (name, title, value) in &item.facets {
            let (facet, place) = *places.entry((name, value)).or_insert_with(|| {
                let facet = facets.iter().position(|facet| facet.name == *name).unwrap_or_else(|| {
                    facets.push(Facet { name: name.clone(), title: title.clone(), values: Vec::new() });
                    facets.len() - 1
                });
                facets[facet].values.push((value.clone(), Vec::new()));
                (facet, facets[facet].values.len() - 1)
            });
            facets[facet].values[place].1.push(doc);
        }
    }
    facets
}
