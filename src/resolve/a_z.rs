//! The index from A to Z: titles, other names ("low mood, see depression") and words of the
//! glossary, as each language sorts and groups them.

use super::{
    guide::{EntryNode, Guide, IndexItem, Letter, Listing, Node, PageNo, Thing},
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
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use unicode_normalization::UnicodeNormalization;

/// The A–Z of each language that has a page for it.
pub fn of(
    pages: &[Arc<Node>],
    entries: &[EntryNode],
    sources: &Sources,
    setting: Setting,
) -> BTreeMap<Lang, Vec<Letter>> {
    let shows = pages.iter().filter(|page| page.listing == Some(Listing::AZ) && !page.hidden);
    let languages = shows.map(|page| page.lang.clone());
    languages.map(|lang| (lang.clone(), letters(items(pages, entries, sources, setting, &lang), &lang))).collect()
}

/// The A–Z of a guide in which only the pages `renamed` have other names than before: those lines leave it and come
/// in again where they belong.
pub fn again(
    guide: &Guide,
    renamed: &BTreeSet<PageNo>,
    sources: &Sources,
    setting: Setting,
) -> BTreeMap<Lang, Vec<Letter>> {
    let again = |(lang, letters): (&Lang, &Vec<Letter>)| {
        let collation = Collation::of(lang);
        let bases = Collation::of_letters(lang);
        let is_other = |item: &&IndexItem| !item.thing.page().is_some_and(|page| renamed.contains(&page));
        let lines = letters.iter().flat_map(|letter| letter.items.iter().map(|item| (letter.label.clone(), item)));
        let mut lines: Vec<(String, IndexItem)> =
            lines.filter(|(_, item)| is_other(item)).map(|(label, item)| (label, item.clone())).collect();
        let own = renamed.iter().flat_map(|page| items_of(*page, guide.page(*page), sources, setting, lang));
        for item in own {
            let place = lines.partition_point(|(_, other)| compare(other, &item, &collation).is_le());
            lines.insert(place, (letter(&item.name, &bases), item));
        }
        (lang.clone(), group(lines))
    };
    guide.a_z.iter().map(again).collect()
}

fn items(
    pages: &[Arc<Node>],
    entries: &[EntryNode],
    sources: &Sources,
    setting: Setting,
    lang: &Lang,
) -> Vec<IndexItem> {
    let pages_of = |(i, node): (usize, &Arc<Node>)| items_of(i as PageNo, node, sources, setting, lang);
    let mut items: Vec<IndexItem> = pages.iter().enumerate().flat_map(pages_of).collect();
    let is_word = |entry: &EntryNode| setting.schema.kind(&entry.kind).glossary;
    for (i, entry) in entries.iter().enumerate().filter(|(_, entry)| is_word(entry)) {
        let text = entry.texts.iter().find(|text| pages[text.page as usize].lang == *lang);
        let Some(text) = text.filter(|text| !pages[text.page as usize].hidden) else { continue };
        let source = &sources.data[text.source.0 as usize].entries[text.source.1 as usize];
        let others = source.content.field("also_known_as").map(Value::texts).unwrap_or_default();
        items.extend(lines(&text.title, &others, Thing::Entry(i as u32), setting, lang));
    }
    items
}

/// The lines of a page, if it stands in the A–Z of that language.
fn items_of(number: PageNo, node: &Node, sources: &Sources, setting: Setting, lang: &Lang) -> Vec<IndexItem> {
    let listed = !node.hidden && !node.broken && node.lang == *lang && node.a_z && node.listing.is_none();
    let page = node.page(sources).filter(|_| listed && !is_home(node) && node.id != NOT_FOUND);
    let thing = Thing::Page(number);
    page.map_or(Vec::new(), |page| lines(&node.title, &page.also_known_as, thing, setting, lang))
}

/// The lines of a thing: its title, and each other name.
fn lines(title: &str, others: &[String], thing: Thing, setting: Setting, lang: &Lang) -> Vec<IndexItem> {
    let typography = Typography::of(lang, setting.site.smart_punctuation);
    let others = others.iter().filter(|other| fold(other) != fold(title));
    let others =
        others.map(|other| IndexItem { name: typography.line(other).into_owned(), is_other_name: true, thing });
    std::iter::once(IndexItem { name: title.into(), is_other_name: false, thing }).chain(others).collect()
}

/// The items in order, under the letters that they begin with.
fn letters(mut items: Vec<IndexItem>, lang: &Lang) -> Vec<Letter> {
    let collation = Collation::of(lang);
    items.par_sort_by(|a, b| compare(a, b, &collation));
    let bases = Collation::of_letters(lang);
    group(items.into_iter().map(|item| (letter(&item.name, &bases), item)))
}

/// The order of two lines.
fn compare(a: &IndexItem, b: &IndexItem, collation: &Collation) -> Ordering {
    let by_name = collation.compare(begin(&a.name), begin(&b.name));
    by_name.then_with(|| a.is_other_name.cmp(&b.is_other_name)).then_with(|| a.thing.cmp(&b.thing))
}

/// Lines in their order, each with its letter, as letters with their lines.
fn group(lines: impl IntoIterator<Item = (String, IndexItem)>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for (label, item) in lines {
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
