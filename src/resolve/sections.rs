//! Sections: which page belongs under which, in what order, and what stands beside it.

use super::{
    guide::{Guide, Node, Origin, PageNo},
    order::{self, Collation},
    urls::{HOME, NOT_FOUND},
};
use crate::{base::lang::Lang, settings::site::Site};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Puts each page under its section, sections in order, and neighbours beside each other.
pub fn arrange(guide: &mut Guide, site: &Site) {
    let mut by_id: HashMap<(&str, &str), PageNo> = HashMap::new();
    for (i, page) in guide.pages.iter().enumerate().filter(|(_, page)| !page.hidden) {
        by_id.entry((page.lang.tag(), &page.id)).or_insert(i as PageNo);
    }
    let above = |page: &Node| -> Option<PageNo> {
        let mut folder = page.id.as_str();
        while let Some((rest, _)) = folder.rsplit_once('/') {
            let section = by_id.get(&(page.lang.tag(), rest));
            if let Some(section) = section.filter(|section| guide.page(**section).is_section) {
                return Some(*section);
            }
            folder = rest;
        }
        by_id.get(&(page.lang.tag(), HOME)).copied().filter(|_| page.id != HOME)
    };
    let parents: Vec<Option<PageNo>> = guide.pages.iter().map(|page| page.section.or_else(|| above(page))).collect();
    let mut children: Vec<Vec<PageNo>> = vec![Vec::new(); guide.pages.len()];
    for (i, parent) in parents.iter().enumerate() {
        guide.page_mut(i as PageNo).section = *parent;
        let page = &guide.pages[i];
        if let Some(parent) =
            parent.filter(|_| !page.hidden && matches!(page.origin, Origin::Authored(_)) && page.id != NOT_FOUND)
        {
            children[parent as usize].push(i as PageNo);
        }
    }
    let mut collations: BTreeMap<Lang, Collation> = BTreeMap::new();
    for lang in &guide.spoken {
        collations.insert(lang.clone(), collation(site, lang));
    }
    let is_section: Vec<bool> = children.iter().map(|list| !list.is_empty()).collect();
    for (list, page) in children.iter_mut().zip(&mut guide.pages).filter(|(list, _)| list.is_empty()) {
        *list = std::mem::take(&mut Arc::make_mut(page).children);
    }
    // Comparing as a language does is slow; one section does not wait for another.
    children.par_iter_mut().zip(&guide.pages).for_each(|(list, page)| {
        order::sort(&guide.pages, list, &collations[&page.lang]);
    });
    for (i, list) in children.into_iter().enumerate() {
        if is_section[i] {
            line_up(guide, &list);
        }
        guide.page_mut(i as PageNo).children = list;
    }
}

/// Sorts the pages of a section again, of which only those have other names than before.
pub fn sort_again(guide: &mut Guide, section: PageNo, renamed: &BTreeSet<PageNo>, site: &Site) {
    let own = guide.page(section);
    let mut list = own.children.clone();
    order::sort_again(&guide.pages, &mut list, renamed, &collation(site, &own.lang));
    if list != own.children {
        line_up(guide, &list);
        guide.page_mut(section).children = list;
    }
}

/// Makes each page of a section the neighbour of the next.
fn line_up(guide: &mut Guide, list: &[PageNo]) {
    for (i, page) in list.iter().enumerate() {
        let previous = i.checked_sub(1).map(|before| list[before]);
        let next = list.get(i + 1).copied();
        let own = guide.page(*page);
        if (own.previous, own.next) != (previous, next) {
            let own = guide.page_mut(*page);
            (own.previous, own.next) = (previous, next);
        }
    }
}

/// How the pages of a language are sorted; one that the site has not is sorted as its own.
pub fn collation(site: &Site, lang: &Lang) -> Collation {
    let has = site.all_languages().contains(lang);
    Collation::of(if has { lang } else { &site.language })
}
