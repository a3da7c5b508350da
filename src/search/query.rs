//! Asking an index: the steps of `search.js`, in the same whole numbers, so that the terminal and a browser
//! agree on every result.

use super::{
    format::{self, Cursor, Kind, Root},
    words,
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    rc::Rc,
};

/// What a word counts that was begun, has a letter wrong, another ending, or two letters wrong: of 255.
const FULL: u32 = 255;
const PREFIX: u32 = 200;
const ONE_EDIT: u32 = 204;
const FORM: u32 = 190;
const TWO_EDITS: u32 = 153;
/// The most words of a query that are looked at.
const MOST_WORDS: usize = 32;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Its address, with that of the section that fits best.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What one of its kind is called.
    pub kind: String,
    /// The heading of that section; may be empty.
    pub heading: String,
    /// A sentence about it.
    pub excerpt: String,
    /// How well it fits; comparable within one query only.
    pub score: u64,
}

/// An index that is open. `load` gives the bytes of a file of its folder.
pub struct Searcher<L> {
    load: L,
    root: Root,
    inline: Vec<u8>,
    words: HashMap<usize, Rc<Vec<Surface>>>,
    postings: HashMap<usize, Rc<Vec<Postings>>>,
    cards: HashMap<usize, Rc<Vec<Card>>>,
}

/// Address, title, number of the kind, excerpt, and id and words of each heading in turn.
type Card = (String, String, usize, String, Vec<String>);

#[derive(Debug, Clone)]
struct Surface {
    word: String,
    terms: Vec<(u32, u32)>,
    df: u32,
}

#[derive(Debug)]
struct Postings {
    docs: Vec<u32>,
    impacts: Vec<u8>,
    sections: Vec<u8>,
}

/// A word of the query: its terms with what each counts, and in how many documents the most common stands.
struct Group {
    terms: Vec<(u32, u32)>,
    df: u32,
    idf: u64,
    best: BTreeMap<u32, (u64, u8)>,
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the search index is damaged")
}

impl<L: Fn(&str) -> io::Result<Vec<u8>>> Searcher<L> {
    /// Opens an index.
    ///
    /// # Errors
    /// When its root cannot be read.
    pub fn open(load: L) -> io::Result<Searcher<L>> {
        let bytes = format::unpack(&load(format::ROOT)?)?;
        let (root, at) = format::root(&bytes)?;
        let inline = bytes[at..].to_vec();
        Ok(Searcher { load, root, inline, words: HashMap::new(), postings: HashMap::new(), cards: HashMap::new() })
    }

    /// What is found, best first, and the number of all that was found.
    ///
    /// # Errors
    /// When a part of the index is missing or damaged.
    pub fn search(&mut self, query: &str, limit: usize) -> io::Result<(Vec<Hit>, usize)> {
        let typed = words::list(query);
        let is_open = query
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c));
        let mut seen = BTreeSet::new();
        let unique: Vec<&String> = typed.iter().filter(|word| seen.insert(*word)).take(MOST_WORDS).collect();
        let mut groups = Vec::new();
        for word in unique {
            let group = self.meant(word, is_open && Some(word) == typed.last())?;
            groups.extend((!group.terms.is_empty()).then_some(group));
        }
        if groups.iter().any(|group| group.df <= self.root.common) {
            groups.retain(|group| group.df <= self.root.common);
        }
        let mut scores: BTreeMap<u32, u64> = BTreeMap::new();
        for group in &mut groups {
            let mut found: u64 = 0;
            for (term, weight) in group.terms.clone() {
                let (block, at) = self.postings(term)?;
                let own = block.get(at).ok_or_else(damaged)?;
                found += own.docs.len() as u64;
                for ((doc, impact), section) in own.docs.iter().zip(&own.impacts).zip(&own.sections) {
                    let counts = u64::from(weight) * u64::from(*impact);
                    let best = group.best.entry(*doc).or_default();
                    if counts > best.0 {
                        *best = (counts, *section);
                    }
                }
            }
            let (all, found) = (f64::from(self.root.docs), found.min(u64::from(self.root.docs)) as f64);
            group.idf = (256.0 * (1.0 + (all - found + 0.5) / (found + 0.5)).ln()).round() as u64;
            for (doc, (counts, _)) in &group.best {
                *scores.entry(*doc).or_default() += group.idf * counts;
            }
        }
        let mut ranked: Vec<(u32, u64)> = scores.into_iter().collect();
        ranked.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        let first = ranked.iter().take(limit).map(|(doc, score)| self.hit(&groups, *doc, *score));
        let mut hits: Vec<Hit> = first.collect::<io::Result<_>>()?;
        // Whoever types a title means that page. The sort keeps all others in their order.
        hits.sort_by_key(|hit| words::list(&hit.title) != typed);
        Ok((hits, ranked.len()))
    }

    /// The terms that a word may stand for.
    fn meant(&mut self, word: &str, is_last: bool) -> io::Result<Group> {
        let group = |terms, df| Group { terms, df, idf: 0, best: BTreeMap::new() };
        let near = self.surfaces(word, word)?;
        if let Some(exact) = near.iter().find_map(|block| block.iter().find(|surface| surface.word == word)) {
            return Ok(group(exact.terms.clone(), exact.df));
        }
        let chars: Vec<char> = word.chars().collect();
        let beyond = |start: &str| format!("{start}\u{10ffff}");
        let mut found: Vec<(Surface, u32)> = Vec::new();
        if is_last && chars.len() > 1 {
            let blocks = self.surfaces(word, &beyond(word))?;
            let begun = blocks.iter().flat_map(|block| block.iter()).filter(|surface| surface.word.starts_with(word));
            found = best(begun.collect(), 12, PREFIX);
        }
        if found.is_empty() && chars.len() > 3 {
            let is_whole = !self.root.sizes.is_empty();
            let start = if is_whole { String::new() } else { chars[0].to_string() };
            let most = if chars.len() > 7 { 2 } else { 1 };
            let (mut at, mut forms) = ([Vec::new(), Vec::new(), Vec::new()], Vec::new());
            let blocks = self.surfaces(&start, &beyond(&start))?;
            let mut other = Vec::new();
            for surface in blocks.iter().flat_map(|block| block.iter()) {
                other.clear();
                other.extend(surface.word.chars());
                match edits(&chars, &other, most) {
                    distance if distance <= most => at[distance].push(surface),
                    _ if is_form(&chars, &other) => forms.push(surface),
                    _ => {}
                }
            }
            let [_, one, two] = at;
            found = best(one, 4, ONE_EDIT);
            found.extend(best(forms, 4, FORM));
            if found.is_empty() {
                found = best(two, 4, TWO_EDITS);
            }
        }
        let mut terms: Vec<(u32, u32)> = Vec::new();
        for (surface, weight) in &found {
            for (term, own) in &surface.terms {
                let weight = own * weight / FULL;
                match terms.iter_mut().find(|(known, _)| known == term) {
                    Some((_, best)) => *best = weight.max(*best),
                    None => terms.push((*term, weight)),
                }
            }
        }
        Ok(group(terms, found.iter().map(|(surface, _)| surface.df).max().unwrap_or(0)))
    }

    fn block(&self, kind: Kind, at: usize) -> io::Result<Vec<u8>> {
        let number = self.root.number(kind, at).ok_or_else(damaged)?;
        if self.root.sizes.is_empty() {
            return format::unpack(&(self.load)(&self.root.file(kind, at).ok_or_else(damaged)?)?);
        }
        let start: usize = self.root.sizes.iter().take(number).map(|size| *size as usize).sum();
        let len = *self.root.sizes.get(number).ok_or_else(damaged)? as usize;
        Ok(self.inline.get(start..start + len).ok_or_else(damaged)?.to_vec())
    }

    /// The words of the blocks in which words may stand between these two.
    fn surfaces(&mut self, start: &str, end: &str) -> io::Result<Vec<Rc<Vec<Surface>>>> {
        let firsts = &self.root.words;
        let from = firsts.partition_point(|first| first.as_str() <= start).saturating_sub(1);
        let to = firsts.partition_point(|first| first.as_str() <= end).max(from + 1).min(firsts.len());
        let mut all = Vec::new();
        for at in from..to {
            if !self.words.contains_key(&at) {
                let decoded = decode_words(&self.block(Kind::Words, at)?).ok_or_else(damaged)?;
                self.words.insert(at, Rc::new(decoded));
            }
            all.push(self.words[&at].clone());
        }
        Ok(all)
    }

    fn postings(&mut self, term: u32) -> io::Result<(Rc<Vec<Postings>>, usize)> {
        let at = self.root.terms.partition_point(|first| *first <= term).checked_sub(1).ok_or_else(damaged)?;
        if !self.postings.contains_key(&at) {
            let decoded = decode_postings(&self.block(Kind::Postings, at)?).ok_or_else(damaged)?;
            self.postings.insert(at, Rc::new(decoded));
        }
        Ok((self.postings[&at].clone(), (term - self.root.terms[at]) as usize))
    }

    fn hit(&mut self, groups: &[Group], doc: u32, score: u64) -> io::Result<Hit> {
        let at = self.root.cards.partition_point(|first| *first <= doc).checked_sub(1).ok_or_else(damaged)?;
        if !self.cards.contains_key(&at) {
            let decoded = serde_json::from_slice(&self.block(Kind::Cards, at)?).map_err(|_| damaged())?;
            self.cards.insert(at, Rc::new(decoded));
        }
        let cards = self.cards[&at].clone();
        let (url, title, kind, excerpt, headings) =
            cards.get((doc - self.root.cards[at]) as usize).ok_or_else(damaged)?.clone();
        let mut votes: BTreeMap<u8, u64> = BTreeMap::new();
        for group in groups {
            if let Some((counts, section)) = group.best.get(&doc) {
                *votes.entry(*section).or_default() += group.idf * counts;
            }
        }
        let section = votes.iter().max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a))).map_or(0, |(section, _)| *section);
        let place = usize::from(section) * 2;
        let (id, heading) = match place {
            0 => (None, String::new()),
            _ => (headings.get(place - 2), headings.get(place - 1).cloned().unwrap_or_default()),
        };
        let url = id.filter(|_| !heading.is_empty()).map_or(url.clone(), |id| format!("{url}#{id}"));
        let kind = self.root.kinds.get(kind).cloned().unwrap_or_default();
        Ok(Hit { url, title, kind, heading, excerpt, score })
    }
}

impl<L> std::fmt::Debug for Searcher<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").field("docs", &self.root.docs).finish_non_exhaustive()
    }
}

/// The most common of some words, with what they count.
fn best(mut found: Vec<&Surface>, most: usize, weight: u32) -> Vec<(Surface, u32)> {
    found.sort_by(|a, b| b.df.cmp(&a.df).then_with(|| a.word.cmp(&b.word)));
    found.into_iter().take(most).map(|surface| (surface.clone(), weight)).collect()
}

fn decode_words(bytes: &[u8]) -> Option<Vec<Surface>> {
    let mut cursor = Cursor::new(bytes);
    let (mut surfaces, mut before, mut term) = (Vec::new(), Vec::new(), 0i64);
    while cursor.at < bytes.len() {
        let shared = cursor.number()? as usize;
        let len = cursor.number()? as usize;
        let mut own: Vec<u8> = before.get(..shared)?.to_vec();
        own.extend_from_slice(cursor.take(len)?);
        let step = cursor.number()?;
        let zigzag = i64::from(step >> 1);
        term += (zigzag >> 1) ^ -(zigzag & 1);
        let mut terms = vec![(u32::try_from(term).ok()?, FULL)];
        if step & 1 == 1 {
            terms[0].1 = u32::from(cursor.byte()?);
            for _ in 0..cursor.number()? {
                terms.push((cursor.number()?, u32::from(cursor.byte()?)));
            }
        }
        surfaces.push(Surface { word: String::from_utf8(own.clone()).ok()?, terms, df: cursor.number()? });
        before = own;
    }
    Some(surfaces)
}

fn decode_postings(bytes: &[u8]) -> Option<Vec<Postings>> {
    let mut cursor = Cursor::new(bytes);
    let count = cursor.number()?;
    let lengths = (0..count).map(|_| cursor.number()).collect::<Option<Vec<u32>>>()?;
    let mut terms = Vec::new();
    for length in &lengths {
        let mut next = 0u32;
        let mut docs = Vec::new();
        for _ in 0..*length {
            let doc = next.checked_add(cursor.number()?)?;
            docs.push(doc);
            next = doc.checked_add(1)?;
        }
        terms.push(Postings { docs, impacts: Vec::new(), sections: Vec::new() });
    }
    for (term, length) in terms.iter_mut().zip(&lengths) {
        term.impacts = cursor.take(*length as usize)?.to_vec();
    }
    for (term, length) in terms.iter_mut().zip(&lengths) {
        term.sections = cursor.take(*length as usize)?.to_vec();
    }
    Some(terms)
}

/// How many edits lie between two words, where a letter more, less, another, or two that changed places are
/// one each (optimal string alignment); more than `most` is not counted on.
fn edits(a: &[char], b: &[char], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let (mut earlier, mut above): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut least = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(earlier[j - 2] + 1);
            }
            row.push(least);
        }
        if row.iter().all(|distance| *distance > most) {
            return most + 1;
        }
        earlier = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Whether two words may be forms of one: the same but for a short ending.
fn is_form(a: &[char], b: &[char]) -> bool {
    let shared = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    shared >= a.len().saturating_sub(3).max(4) && a.len() - shared <= 3 && b.len() - shared <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_as_people_make_them() {
        let count =
            |a: &str, b: &str, most| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most);
        assert_eq!(count("anxitey", "anxiety", 1), 1);
        assert_eq!(count("therapist", "therapits", 1), 1);
        assert_eq!(count("councillor", "counsellor", 2), 2);
        assert_eq!(count("cat", "dog", 1), 2);
        assert_eq!(count("", "ab", 2), 2);
    }
}
