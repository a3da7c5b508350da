//! The files of an index, and how to read them.
//!
//! The root is `index.bin`: gzip (RFC 1952) of the length of a header (4 bytes, little-endian), the header in
//! JSON ([`Root`]), and the blocks, if the index is small enough for one file; else each block is a file beside
//! it, named by kind, number and the beginning of its digest. Blocks are gzip too, so that no host has to be
//! told to compress them.
//!
//! * Words (`v`): sorted; each as the length of what it shares with the word before, the length of the rest and
//!   the rest (UTF-8); then its term, as the zigzag difference to the word before, shifted by one, with a bit
//!   that says whether more follows: what the term counts (a byte), the number of further terms, each as
//!   number and byte; then the number of documents of its first term.
//! * Postings (`p`) of consecutive terms: their number; for each the number of documents; then for all the gaps between
//!   documents; then for all the impacts, a byte each; then for all the sections, a byte each.
//! * Cards (`c`): a JSON array of `[url, title, kind, excerpt, [id, heading, …]]`.
//! * Facets (`f`): a JSON array of `{ name, title, values: [[title, [gaps between documents]], …] }`.
//!
//! Numbers are varints: seven bits a byte, the lowest first, as in LEB128.

use super::index::{COMMON, Card, Facet, Index, Posting, Surface};
use crate::base::digest::Digest;
use flate2::{Compression, GzBuilder, read::MultiGzDecoder};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The folder of everything about the search, below the site.
pub const FOLDER: &str = "search";
/// The name of the root of an index.
pub const ROOT: &str = "index.bin";
/// The path of the module that searches, within the site.
pub const MODULE: &str = "/search/search.js";
/// The version of this form.
pub const VERSION: u32 = 1;

/// The largest index that is one file, in bytes as stored.
const SINGLE: usize = 64 * 1024;
/// The sizes of blocks in several files, before compression: what a query reads, against the number of files.
const WORDS: usize = 8 * 1024;
const POSTINGS: usize = 6 * 1024;
const CARDS: usize = 3 * 1024;
/// How hard the thousands of blocks of a large index are pressed: 4 of 9 takes half the time of 6, for less than one
/// hundredth more.
const QUICK: u32 = 4;
/// The number of documents for which these are meant.
const USUAL: f64 = 1500.0;

/// The header of the root.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Root {
    /// [`VERSION`].
    pub v: u32,
    /// The number of documents.
    pub docs: u32,
    /// Words in more documents than this are left out of queries that have rarer ones.
    pub common: u32,
    /// The first word of each block of words.
    pub words: Vec<String>,
    /// The first term of each block of postings.
    pub terms: Vec<u32>,
    /// The first document of each block of cards.
    pub cards: Vec<u32>,
    /// What kinds are called, as cards number them.
    pub kinds: Vec<String>,
    /// The lengths of the blocks that follow: words, postings, cards, facets. Empty in several files.
    pub sizes: Vec<u32>,
    /// In several files, six characters of the name of each block.
    pub names: String,
}

/// The kind of a block, and the letter of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Words,
    /// Postings.
    Postings,
    /// Cards.
    Cards,
    /// Facets.
    Facets,
}

impl Root {
    /// The number of a block among all, if there is such a block.
    pub fn number(&self, kind: Kind, at: usize) -> Option<usize> {
        let counts = [self.words.len(), self.terms.len(), self.cards.len(), 1];
        let count = counts.get(kind as usize)?;
        (at < *count).then(|| counts[..kind as usize].iter().sum::<usize>() + at)
    }

    /// The name of the file of a block, in an index of several files.
    pub fn file(&self, kind: Kind, at: usize) -> Option<String> {
        let number = self.number(kind, at)?;
        let name = self.names.get(number * 6..number * 6 + 6)?;
        Some(format!("{}{at}-{name}.bin", ["v", "p", "c", "f"][kind as usize]))
    }
}

/// The files of an index, by name: the root, and in a large index the blocks.
pub fn files(index: &Index) -> Vec<(String, Vec<u8>)> {
    let mut kinds: Vec<&str> = Vec::new();
    for card in &index.cards {
        if !kinds.contains(&card.kind) {
            kinds.push(card.kind);
        }
    }
    let postings = |size: usize| blocks(&index.postings, size, |own| own.len() * 3, postings);
    let cards = |size: usize| blocks(&index.cards, size, len_of_card, |cards| cards_of(cards, &kinds));
    let words = |size: usize| {
        let df = |surface: &Surface| index.postings[surface.term.0 as usize].len();
        blocks(&index.surfaces, size, |surface| surface.word.len() + 3, |surfaces| words_of(surfaces, df))
    };
    let facets = vec![(0, facets(&index.facets))];
    let root = |parts: &[&[(usize, Vec<u8>)]; 3], common: u32| Root {
        v: VERSION,
        docs: index.cards.len() as u32,
        common,
        words: parts[0].iter().map(|(first, _)| index.surfaces[*first].word.into()).collect(),
        terms: parts[1].iter().map(|(first, _)| *first as u32).collect(),
        cards: parts[2].iter().map(|(first, _)| *first as u32).collect(),
        kinds: kinds.iter().map(|kind| (*kind).into()).collect(),
        sizes: Vec::new(),
        names: String::new(),
    };

    let postings_in_all: usize = index.postings.iter().map(Vec::len).sum();
    // What is many times as large need not be tried.
    if postings_in_all < SINGLE {
        let all = [words(usize::MAX), postings(usize::MAX), cards(usize::MAX)];
        let mut root = root(&[&all[0], &all[1], &all[2]], u32::MAX);
        let blocks: Vec<&Vec<u8>> = all.iter().chain([&facets]).flatten().map(|(_, bytes)| bytes).collect();
        root.sizes = blocks.iter().map(|block| block.len() as u32).collect();
        let file = pack(&root, blocks.into_iter().map(Vec::as_slice));
        if file.len() <= SINGLE {
            return vec![(ROOT.into(), file)];
        }
    }
    // A larger site has larger files, and not many more of them.
    let scale = (index.cards.len() as f64 / USUAL).cbrt().max(1.0);
    let size = |usual: usize| (usual as f64 * scale) as usize;
    let parts = [words(size(WORDS)), postings(size(POSTINGS)), cards(size(CARDS))];
    let mut root = root(&[&parts[0], &parts[1], &parts[2]], (index.cards.len() / COMMON) as u32);
    let blocks: Vec<&Vec<u8>> = parts.iter().chain([&facets]).flatten().map(|(_, bytes)| bytes).collect();
    let packed: Vec<(String, Vec<u8>)> = blocks
        .par_iter()
        .map(|block| (Digest::of(block).hex().chars().take(6).collect(), gzip(block, Compression::new(QUICK))))
        .collect();
    root.names = packed.iter().map(|(name, _)| name.as_str()).collect();
    let mut files = vec![(ROOT.into(), pack(&root, std::iter::empty()))];
    let kinds = [Kind::Words, Kind::Postings, Kind::Cards, Kind::Facets];
    let counts = [parts[0].len(), parts[1].len(), parts[2].len(), 1];
    let names = kinds.iter().zip(counts).flat_map(|(kind, count)| (0..count).filter_map(|at| root.file(*kind, at)));
    files.extend(names.zip(packed.into_iter().map(|(_, bytes)| bytes)).collect::<Vec<_>>());
    files
}

/// Cuts a list into blocks of about a size: the number of the first of each, and its bytes.
fn blocks<T: Sync>(
    all: &[T],
    size: usize,
    len: impl Fn(&T) -> usize,
    bytes: impl Fn(&[T]) -> Vec<u8> + Sync,
) -> Vec<(usize, Vec<u8>)> {
    let mut starts = Vec::new();
    let mut filled = usize::MAX;
    for (at, one) in all.iter().enumerate() {
        if filled >= size || (filled > 0 && filled.saturating_add(len(one)) > size.saturating_mul(2)) {
            starts.push(at);
            filled = 0;
        }
        filled += len(one);
    }
    let ends = starts.iter().skip(1).copied().chain([all.len()]);
    let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    ranges.into_par_iter().map(|(start, end)| (start, bytes(&all[start..end]))).collect()
}

fn words_of(surfaces: &[Surface], df: impl Fn(&Surface) -> usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut before, mut term) = ("", 0i64);
    for surface in surfaces {
        let shared = before.bytes().zip(surface.word.bytes()).take_while(|(a, b)| a == b).count();
        // A character is not parted.
        let shared = (0..=shared).rev().find(|at| surface.word.is_char_boundary(*at)).unwrap_or(0);
        varint(&mut out, shared as u64);
        varint(&mut out, (surface.word.len() - shared) as u64);
        out.extend_from_slice(&surface.word.as_bytes()[shared..]);
        let (first, weight) = surface.term;
        let step = i64::from(first) - term;
        let zigzag = ((step << 1) ^ (step >> 63)) as u64;
        let is_plain = surface.more.is_empty() && weight == 255;
        varint(&mut out, zigzag << 1 | u64::from(!is_plain));
        if !is_plain {
            out.push(weight);
            varint(&mut out, surface.more.len() as u64);
            for (term, weight) in &surface.more {
                varint(&mut out, u64::from(*term));
                out.push(*weight);
            }
        }
        varint(&mut out, df(surface) as u64);
        (before, term) = (surface.word, i64::from(first));
    }
    out
}

/// About how many bytes a card takes.
fn len_of_card(card: &Card) -> usize {
    let sections: usize = card.sections().iter().map(|(id, words)| id.len() + words.len() + 6).sum();
    card.url.len() + card.found.title.len() + card.found.excerpt.len() + sections + 12
}

fn cards_of<'a>(cards: &'a [Card<'a>], kinds: &[&str]) -> Vec<u8> {
    let of_card = |card: &'a Card<'a>| {
        let kind = kinds.iter().position(|kind| *kind == card.kind).unwrap_or_default();
        let sections: Vec<&str> = card.sections().iter().flat_map(|(id, words)| [id.as_str(), words]).collect();
        (card.url, &card.found.title, kind, &card.found.excerpt, sections)
    };
    serde_json::to_vec(&cards.iter().map(of_card).collect::<Vec<_>>()).unwrap_or_default()
}

fn postings(terms: &[Vec<Posting>]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, terms.len() as u64);
    for own in terms {
        varint(&mut out, own.len() as u64);
    }
    for own in terms {
        gaps(&mut out, own.iter().map(|posting| posting.doc));
    }
    out.extend(terms.iter().flatten().map(|posting| posting.impact));
    out.extend(terms.iter().flatten().map(|posting| posting.section));
    out
}

fn gaps(out: &mut Vec<u8>, docs: impl Iterator<Item = u32>) {
    let mut next = 0;
    for doc in docs {
        varint(out, u64::from(doc - next));
        next = doc + 1;
    }
}

fn facets(facets: &[Facet]) -> Vec<u8> {
    let value = |(title, docs): &(String, Vec<u32>)| {
        let mut next = 0;
        let gaps = docs.iter().map(|doc| doc - std::mem::replace(&mut next, doc + 1)).collect::<Vec<u32>>();
        serde_json::json!([title, gaps])
    };
    let of_facet = |facet: &Facet| {
        let values: Vec<serde_json::Value> = facet.values.iter().map(value).collect();
        serde_json::json!({ "name": facet.name, "title": facet.title, "values": values })
    };
    serde_json::to_vec(&facets.iter().map(of_facet).collect::<Vec<_>>()).unwrap_or_default()
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn pack<'a>(root: &Root, blocks: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let header = serde_json::to_vec(root).unwrap_or_default();
    let mut all = (header.len() as u32).to_le_bytes().to_vec();
    all.extend(header);
    all.extend(blocks.flatten());
    gzip(&all, Compression::best())
}

/// The same bytes on every machine: no time, no name, no mark of the system.
fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), level);
    // A list of bytes takes whatever is written.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Unpacks a file; one that a server unpacked already is taken as it is.
///
/// # Errors
/// When the file is damaged.
pub fn unpack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut out = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut out)?;
    Ok(out)
}

/// Reads the root: its header, and where the blocks begin in what was unpacked.
///
/// # Errors
/// When it is damaged or of another version.
pub fn root(bytes: &[u8]) -> io::Result<(Root, usize)> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the search index is damaged");
    let len = bytes.first_chunk::<4>().map(|len| u32::from_le_bytes(*len) as usize).ok_or_else(damaged)?;
    let header = bytes.get(4..4usize.saturating_add(len)).ok_or_else(damaged)?;
    let root: Root = serde_json::from_slice(header).map_err(|_| damaged())?;
    if root.v != VERSION { Err(damaged()) } else { Ok((root, 4 + len)) }
}

/// A reader of numbers and bytes that never goes beyond the end.
#[derive(Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    /// Where it is.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// The next varint.
    pub fn number(&mut self) -> Option<u32> {
        let mut number = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// The next so many bytes.
    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let part = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(part)
    }
}
