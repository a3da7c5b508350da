//! The glossary of a site: which words there are, and where each page first uses them.

use super::{
    data::Entry,
    expand,
    glossary::{Uses, Vocabulary},
    page::Parsed,
    sources::Sources,
};
use crate::{
    base::{digest::Digest, lang::Lang, memo::Table, path::SitePath},
    settings::{schema::Schema, site::Site, value::Value},
    source::tree::Tree,
};
use imbl::Vector;
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// A word of the glossary.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A page: its number among the sources.
    Page(u32),
    /// An entry: its kind and code.
    Entry(String, String),
}

/// The words of each language, and their uses.
#[derive(Debug, Clone, Default)]
pub struct Glossary {
    /// The words by language, in the order of their numbers.
    pub terms: Arc<BTreeMap<Lang, Vec<Term>>>,
    /// The uses of each page, in the order of the sources; empty where there is no glossary.
    pub uses: Vector<Arc<Uses>>,
    vocabularies: Arc<BTreeMap<Lang, Vocabulary>>,
}

impl Glossary {
    /// The words that a page uses, in the order of its text.
    pub fn used<'a>(&'a self, number: u32, lang: &Lang) -> impl Iterator<Item = &'a Term> {
        let terms = self.terms.get(lang).map_or(&[][..], Vec::as_slice);
        let uses = self.uses.get(number as usize).map_or(&[][..], |uses| &uses.terms);
        uses.iter().filter_map(|term| terms.get(*term as usize))
    }
}

/// Reads the glossary of a site and finds the uses of its words.
pub fn read(
    tree: &Tree,
    site: &Site,
    schema: &Schema,
    sources: &Sources,
    memo: &Table<SitePath, Arc<Uses>>,
) -> Glossary {
    if !schema.kinds.values().any(|kind| kind.glossary) {
        return Glossary::default();
    }
    let mut terms = BTreeMap::new();
    let mut vocabularies = BTreeMap::new();
    for lang in site.all_languages() {
        let (own, forms) = words(site, schema, sources, &lang);
        vocabularies.insert(lang.clone(), Vocabulary::new(&forms));
        terms.insert(lang, own);
    }
    let of_page = |parsed: &Arc<Parsed>| of_page(tree, sources, &vocabularies, parsed, memo);
    let uses: Vec<_> = sources.pages.par_iter().map(of_page).collect();
    Glossary { terms: terms.into(), uses: uses.into(), vocabularies: vocabularies.into() }
}

/// The uses in one page, where the words are as they were; `None` where there is no glossary.
pub fn again(tree: &Tree, sources: &Sources, number: u32, memo: &Table<SitePath, Arc<Uses>>) -> Option<Arc<Uses>> {
    let Glossary { uses, vocabularies, .. } = &sources.glossary;
    let parsed = sources.pages.get(number as usize)?;
    (!uses.is_empty()).then(|| of_page(tree, sources, vocabularies, parsed, memo))
}

fn of_page(
    tree: &Tree,
    sources: &Sources,
    vocabularies: &BTreeMap<Lang, Vocabulary>,
    parsed: &Parsed,
    memo: &Table<SitePath, Arc<Uses>>,
) -> Arc<Uses> {
    let page = &parsed.page;
    let Some(vocabulary) = vocabularies.get(&page.lang).filter(|_| page.glossary && !page.broken) else {
        return Arc::default();
    };
    let Some(file) = tree.files.get(&page.path) else { return Arc::default() };
    let parts = sources.parts.digest.filter(|_| parsed.includes);
    memo.get(
        &page.path,
        || Digest::of_value(&(file.digest, parts, parsed.body, &page.lang, vocabulary.digest)),
        || {
            // What cannot be read this moment is read again: see `Uses::is_passing`.
            let Ok(bytes) = file.bytes() else { return Arc::new(Uses { is_passing: true, ..Uses::default() }) };
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            let text = text.get(parsed.body as usize..).unwrap_or_default();
            let expanded = expand::expand(&page.path, text, parsed.body as usize, &sources.parts, &page.lang);
            Arc::new(vocabulary.uses(&expanded.text))
        },
    )
}

/// The words of one language with all their forms.
fn words(site: &Site, schema: &Schema, sources: &Sources, lang: &Lang) -> (Vec<Term>, Vec<Vec<String>>) {
    let (mut terms, mut forms) = (Vec::new(), Vec::new());
    for (kind, _) in schema.data_kinds().filter(|(kind, _)| kind.glossary) {
        let is_own = |own: &Option<Lang>| own.as_ref().unwrap_or(&site.language) == lang;
        for (_, file) in sources.data_of(&kind.name).filter(|(_, file)| is_own(&file.lang)) {
            let is_linked = |entry: &&Entry| entry.content.field("linked").and_then(Value::as_bool) != Some(false);
            for entry in file.entries.iter().filter(is_linked) {
                terms.push(Term::Entry(kind.name.clone(), entry.id.clone()));
                forms.push(forms_of_entry(entry));
            }
        }
    }
    for (number, parsed) in sources.pages.iter().enumerate() {
        let page = &parsed.page;
        if schema.kind(&page.kind).glossary && page.lang == *lang && !page.broken {
            terms.push(Term::Page(number as u32));
            forms.push([vec![page.title.clone()], page.also_known_as.clone(), page.inflections.clone()].concat());
        }
    }
    (terms, forms)
}

fn forms_of_entry(entry: &Entry) -> Vec<String> {
    let texts = |name: &str| entry.content.field(name).map(Value::texts).unwrap_or_default();
    [vec![entry.title.clone()], texts("also_known_as"), texts("inflections")].concat()
}
