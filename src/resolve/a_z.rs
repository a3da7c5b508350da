//! The index from A to Z: titles, other names ("low mood, see depression") and words of the
//! glossary, as each language sorts and groups them.

use super::{
    guide::{EntryNode, IndexItem, Letter, Listing, Node, Origin, Thing},
    ids::fold,
    nodes::is_home,
    order::Collation,
    resolver::Setting,
    urls::NOT_FOUND,
};
use crate::{
    base::lang::Lang,
    load::{sources::Sources, typography::Typography},
    settings::value::Value,
};
use rayon::prelude::*;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// The A–Z of each language that has a page for it.
pub fn of(pages: &[Node], entries: &[EntryNode], sources: &Sources, setting: Setting) -> BTreeMap<Lang, Vec<Letter>> {
    let shows = pages.iter().filter(|page| page.listing == Some(Listing::AZ) && !page.hidden);
    let languages = shows.map(|page| page.lang.clone());
    languages.map(|lang| (lang.clone(), letters(items(pages, entries, sources, setting, &lang), &lang))).collect()
}

fn items(pages: &[Node], entries: &[EntryNode], sources: &Sources, setting: Setting, lang: &Lang) -> Vec<IndexItem> {
    let typography = Typography::of(lang, setting.site.smart_punctuation);
    let schema = setting.schema;
    let mut items: Vec<IndexItem> = Vec::new();
    let mut add = |title: &str, others: &[String], thing: Thing| {
        items.push(IndexItem { name: title.into(), is_other_name: false, thing });
        for other in others.iter().filter(|other| fold(other) != fold(title)) {
            items.push(IndexItem { name: typography.line(other).into_owned(), is_other_name: true, thing });
        }
    };
    for (i, node) in pages.iter().enumerate() {
        let Some(page) = node.page(sources) else { continue };
        let listed = !node.hidden && !node.broken && node.lang == *lang && node.a_z && node.listing.is_none();
        if listed && !is_home(node) && node.id != NOT_FOUND && matches!(node.origin, Origin::Authored(_)) {
            add(&node.title, &page.also_known_as, Thing::Page(i as u32));
        }
    }
    for (i, entry) in entries.iter().enumerate().filter(|(_, entry)| schema.kind(&entry.kind).glossary) {
        let text = entry.texts.iter().find(|text| pages[text.page as usize].lang == *lang);
        let Some(text) = text.filter(|text| !pages[text.page as usize].hidden) else { continue };
        let source = &sources.data[text.source.0 as usize].entries[text.source.1 as usize];
        let others = source.content.field("also_known_as").map(Value::texts).unwrap_or_default();
        add(&text.title, &others, Thing::Entry(i as u32));
    }
    items
}

/// The items in order, under the letters that they begin with.
fn letters(mut items: Vec<IndexItem>, lang: &Lang) -> Vec<Letter> {
    let collation = Collation::of(lang);
    items.par_sort_by(|a, b| {
        let by_name = collation.compare(begin(&a.name), begin(&b.name));
        by_name.then_with(|| a.is_other_name.cmp(&b.is_other_name)).then_with(|| a.thing.cmp(&b.thing))
    });
    let bases = Collation::of_letters(lang);
    let mut letters: Vec<Letter> = Vec::new();
    for item in items {
        let label = letter(&item.name, &bases);
        match letters.last_mut() {
            Some(last) if last.label == label => last.items.push(item),
            _ => letters.push(Letter { label, items: vec![item] }),
        }
    }
    letters
}

/// A name from its first letter or digit on: quotation marks do not count.
fn begin(name: &str) -> &str {
    let at = name.find(char::is_alphanumeric).unwrap_or(0);
    &name[at..]
}

/// The letter that a name stands under: without its accent, unless the language counts it as a letter
/// of its own; digits stand together.
fn letter(name: &str, bases: &Collation) -> String {
    let Some(first) = begin(name).chars().next() else { return "#".into() };
    if !first.is_alphabetic() {
        return "#".into();
    }
    let upper = |c: char| c.to_uppercase().collect::<String>();
    let plain = first.to_string().nfd().next().unwrap_or(first);
    match bases.compare_letters(&upper(plain), &upper(first)) {
        true => upper(plain),
        false => upper(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lang: &str, names: &[&str]) -> Vec<String> {
        let item = |name: &&str| IndexItem { name: name.to_string(), is_other_name: false, thing: Thing::Page(0) };
        let letters = letters(names.iter().map(item).collect(), &Lang::parse(lang).unwrap());
        letters
            .into_iter()
            .map(|l| format!("{} {}", l.label, l.items.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(" ")))
            .collect()
    }

    #[test]
    fn each_language_has_its_own_letters() {
        assert_eq!(labels("es", &["Nube", "Ñandú", "Oír", "Óptica"]), ["N Nube", "Ñ Ñandú", "O Oír Óptica"]);
        assert_eq!(labels("de", &["Zeit", "Ängste", "Alltag", "\"Aber\""]), ["A \"Aber\" Alltag Ängste", "Z Zeit"]);
        assert_eq!(labels("ar", &["باب", "أمل", "بيت"]), ["ا أمل", "ب باب بيت"]);
    }
}
