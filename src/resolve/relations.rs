//! Relations: written once from either end, shown on both; checked for kind, count and agreement.

use super::{
    guide::{Edge, End, Group, Target, Thing},
    links::{Lookup, Problem, Writer, split_anchor, unpublished},
};
use crate::{
    base::{
        finding::{Finding, Mark, Place},
        lang::Lang,
        rules::Rule,
    },
    load::{
        content::{Content, WrittenEdge},
        places::Places,
    },
    settings::{relation::Side, value::Value},
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, HashSet};

/// A page or entry with the relations that it writes.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// Which.
    pub thing: Thing,
    /// Its kind.
    pub kind: &'a str,
    /// What it says.
    pub content: &'a Content,
    /// Who writes.
    pub writer: Writer<'a>,
    /// For an entry, the number of the language that it is seen from.
    pub language: Option<usize>,
    /// Whether these are the relations of another page, which this one translates, or of an entry seen
    /// from another language: what this one writes itself comes first, and faults are told there.
    pub inherited: bool,
    /// For an entry, where its parts are. Entries share a file, so theirs cannot be looked up by
    /// number later; and a data file that changed at all is resolved anew anyway.
    pub places: Option<&'a Places>,
}

impl Author<'_> {
    /// The language that it is written in.
    fn language(&self, lookup: &Lookup) -> Lang {
        match self.thing {
            Thing::Page(page) if !self.inherited => lookup.pages[page as usize].text_lang.clone(),
            Thing::Page(_) => lookup.site.language.clone(),
            Thing::Entry(entry) => lookup.entries[entry as usize].texts[self.language.unwrap_or(0)].lang.clone(),
        }
    }

    /// Where a part of it is written.
    pub fn place(&self, mark: Mark) -> Place {
        match self.places {
            Some(places) => Place::span(self.writer.file, places.span(&mark).unwrap_or(places.front)),
            None => Place::mark(self.writer.file, mark),
        }
    }
}

/// What came of all relations.
#[derive(Debug, Default)]
pub struct Relations {
    /// The edges.
    pub edges: Vec<Edge>,
    /// What is wrong, but for names that lead nowhere.
    pub findings: Vec<Finding>,
    /// Names that lead nowhere: where, and why.
    pub problems: Vec<(Place, Problem)>,
    /// Who wrote a relation that is wrong, and which: what is missing there is not counted too.
    pub faulty: HashSet<(Thing, u32)>,
}

/// Builds the edges of everything that `authors` write. `links` are the resolved links of each
/// author, in their order.
pub fn build(lookup: &Lookup, authors: &[Author], links: &[Vec<Target>]) -> Relations {
    let mut out = Relations::default();
    let mut known: FxHashMap<(u32, End, End), (usize, Thing)> = FxHashMap::default();
    let count = authors.iter().map(|author| author.content.edges.len()).sum();
    out.edges.reserve(count);
    known.reserve(count);
    // What relations lead to is looked for on all cores; what comes of it is put together in their order.
    let look = |author: &Author| -> Vec<_> {
        let far = |written: &WrittenEdge| lookup.schema.relations[written.relation as usize].far_end(written.inverse);
        let end = |written: &WrittenEdge| find(lookup, author, &written.to, |kind| far(written).allow(kind));
        author.content.edges.iter().map(end).collect()
    };
    let found: Vec<Vec<_>> = authors.par_iter().map(look).collect();
    for ((author, targets), found) in authors.iter().zip(links).zip(found) {
        // The links in the relations' data are the last of the content's.
        let on_edges: u32 = author.content.edges.iter().map(|edge| edge.links).sum();
        let mut rest = &targets[targets.len() - on_edges as usize..];
        for ((i, written), found) in author.content.edges.iter().enumerate().zip(found) {
            let place = author.place(Mark::Edge(i as u32));
            let targets;
            (targets, rest) = rest.split_at(written.links as usize);
            let relation = &lookup.schema.relations[written.relation as usize];
            let far = relation.far_end(written.inverse);
            let end = match found {
                Ok(end) => end,
                Err(problem) => {
                    out.faulty.insert((author.thing, written.relation));
                    out.problems.push((place, *problem));
                    continue;
                }
            };
            let kind = lookup.kind(end.thing);
            let key = side_name(relation.forward.name.as_str(), relation.inverse.as_ref(), written.inverse);
            if !far.allow(kind) {
                out.faulty.insert((author.thing, written.relation));
                let message = format!("\"{key}\" cannot lead to \"{}\", which is {}", written.to, article(kind));
                let help = format!("It leads to {}.", article(&far.describe()));
                out.findings.push(Finding::new(Rule::RELATIONS_KIND, place, message, help));
                continue;
            }
            if end.thing == author.thing && end.anchor.is_none() {
                let message = format!("\"{key}\" leads from this page to itself");
                out.findings.push(Finding::new(Rule::RELATIONS_KIND, place, message, "Name another page."));
                continue;
            }
            let own = End { thing: author.thing, anchor: None, heading: None };
            let (from, to) = if written.inverse { (end, own) } else { (own, end) };
            let (from, to) = if relation.symmetric && to < from { (to, from) } else { (from, to) };
            match known.get(&(written.relation, from.clone(), to.clone())) {
                Some(_) if author.inherited => {}
                Some((_, first)) if *first == author.thing => {
                    let message = format!("\"{key}: {}\" is written twice on this page", written.to);
                    out.findings.push(Finding::new(Rule::RELATIONS_TWICE, place, message, "Remove one of the two."));
                }
                Some((edge, first)) => {
                    let edge = &mut out.edges[*edge];
                    // One end may leave the data to the other; what both say must be the same.
                    let both = !edge.data.is_empty() && !written.data.is_empty();
                    let value = |data: &[(String, Value)], name: &str| -> Option<Value> {
                        data.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
                    };
                    let mut all = written.data.iter().chain(&edge.data);
                    let differs = all.find(|(name, _)| both && value(&written.data, name) != value(&edge.data, name));
                    if let Some((name, _)) = differs {
                        let other = lookup.title(*first, author.writer.lang);
                        let message = format!("this relation is written on \"{other}\" too, with another {name}");
                        let help = "Write a relation on one end only; it is shown on both.";
                        out.findings.push(Finding::new(Rule::RELATIONS_AGREE, place, message, help));
                    }
                    if edge.data.is_empty() {
                        (edge.data, edge.targets) = (written.data.clone(), targets.to_vec());
                        edge.lang = author.language(lookup);
                    }
                }
                None => {
                    known.insert((written.relation, from.clone(), to.clone()), (out.edges.len(), author.thing));
                    let (data, targets) = (written.data.clone(), targets.to_vec());
                    let lang = author.language(lookup);
                    out.edges.push(Edge { relation: written.relation, from, to, data, lang, targets });
                }
            }
        }
    }
    out
}

fn side_name<'a>(forward: &'a str, inverse: Option<&'a Side>, far: bool) -> &'a str {
    inverse.filter(|_| far).map_or(forward, |side| side.name.as_str())
}

fn find(lookup: &Lookup, author: &Author, to: &str, kinds: impl Fn(&str) -> bool) -> Result<End, Box<Problem>> {
    let (name, anchor) = split_anchor(to);
    let thing = match (name.is_empty(), author.thing) {
        (true, thing) => thing,
        (false, _) => lookup.find(name, author.writer.lang, kinds)?,
    };
    if let Thing::Page(page) = thing {
        let node = &lookup.pages[page as usize];
        if node.hidden && thing != author.thing {
            return Err(unpublished(node));
        }
        if let Some(anchor) = anchor {
            lookup.check_anchor(page, anchor)?;
            let heading = lookup.anchors[page as usize].headings.iter().find(|heading| heading.id == anchor);
            let heading = heading.map(|heading| heading.text.clone());
            return Ok(End { thing, anchor: Some(anchor.into()), heading });
        }
    }
    Ok(End { thing, anchor: None, heading: None })
}

/// Groups the edges by the thing that shows them, in the order of the schema; a relation without
/// an inverse is shown at its start only. Within a group edges stand as they were written.
pub fn group(lookup: &Lookup, edges: &[Edge]) -> BTreeMap<Thing, Vec<Group>> {
    let mut groups: BTreeMap<Thing, BTreeMap<(u32, bool), Vec<u32>>> = BTreeMap::new();
    for (i, edge) in edges.iter().enumerate() {
        let relation = &lookup.schema.relations[edge.relation as usize];
        let mut add = |thing, inverse| {
            groups.entry(thing).or_default().entry((edge.relation, inverse)).or_default().push(i as u32);
        };
        add(edge.from.thing, false);
        if relation.symmetric {
            add(edge.to.thing, false);
        } else if relation.inverse.is_some() && edge.to.thing != edge.from.thing {
            // A page that leads to a part of itself need not be told so a second time.
            add(edge.to.thing, true);
        }
    }
    let group = |((relation, inverse), edges)| Group { relation, inverse, edges };
    groups.into_iter().map(|(thing, by)| (thing, by.into_iter().map(group).collect())).collect()
}

/// Finds things with too few or too many of a relation.
pub fn check_counts(
    lookup: &Lookup,
    authors: &[Author],
    edges: &[Edge],
    groups: &BTreeMap<Thing, Vec<Group>>,
    faulty: &HashSet<(Thing, u32)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Relations are counted where they are written: in the site's own language.
    let main = lookup.languages.first();
    let counts = |author: &Author, edge: u32| {
        let edge = &edges[edge as usize];
        let far = if edge.from.thing == author.thing { &edge.to } else { &edge.from };
        match (author.thing, far.thing) {
            (Thing::Entry(_), Thing::Page(page)) => Some(&lookup.pages[page as usize].lang) == main,
            _ => true,
        }
    };
    let is_counted = |author: &&Author| match author.thing {
        Thing::Page(page) => !author.inherited && !lookup.pages[page as usize].fallback,
        Thing::Entry(_) => !author.inherited,
    };
    for author in authors.iter().filter(is_counted) {
        for (number, relation) in lookup.schema.relations.iter().enumerate() {
            let forward = relation.from.allow(author.kind).then_some((&relation.forward, false));
            let inverse = relation.inverse.as_ref().filter(|_| relation.to.allow(author.kind)).map(|side| (side, true));
            for (side, inverse) in forward.into_iter().chain(inverse) {
                if side.min.is_none() && side.max.is_none() || faulty.contains(&(author.thing, number as u32)) {
                    continue;
                }
                let own = groups.get(&author.thing).into_iter().flatten();
                let count = own
                    .filter(|group| group.relation as usize == number && group.inverse == inverse)
                    .map(|group| group.edges.iter().filter(|edge| counts(author, **edge)).count() as u32)
                    .sum::<u32>();
                let far = if relation.inverse.is_some() { " or at its other end" } else { "" };
                let kind = capital(&article(author.kind));
                let help = match (side.min, side.max) {
                    (Some(min), _) if count < min => {
                        format!("{kind} has at least {min}. Write it under \"{}:\"{far}.", side.name)
                    }
                    (_, Some(max)) if count > max => {
                        format!("{kind} has at most {max}. Remove some of them here{far}.")
                    }
                    _ => continue,
                };
                let title = lookup.title(author.thing, author.writer.lang);
                let message = format!("\"{title}\" has {count} of \"{}\" (\"{}\")", side.name, side.heading);
                let place = author.place(Mark::Field(side.name.clone()));
                findings.push(Finding::new(Rule::RELATIONS_COUNT, place, message, help));
            }
        }
    }
    findings
}

/// The word with its article: "a page", "an exercise".
fn article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    match word {
        "any page" => word.into(),
        _ if vowel => format!("an {word}"),
        _ => format!("a {word}"),
    }
}

/// The words with a capital letter, for the beginning of a sentence.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
