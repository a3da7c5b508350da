//! Sections: which page belongs under which, in what order, and what stands beside it.

use super::{
    guide::{Guide, Node, Origin, PageNo},
    order::{self, Collation},
    urls::{HOME, NOT_FOUND},
};
use crate::settings::site::Site;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

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
        guide.pages[i].section = *parent;
        let page = &guide.pages[i];
        if let Some(parent) =
            parent.filter(|_| !page.hidden && matches!(page.origin, Origin::Authored(_)) && page.id != NOT_FOUND)
        {
            children[parent as usize].push(i as PageNo);
        }
    }
    let collations: BTreeMap<_, _> =
        site.all_languages().into_iter().map(|lang| (lang.clone(), Collation::of(&lang))).collect();
    let plain = Collation::of(&site.language);
    let is_section: Vec<bool> = children.iter().map(|list| !list.is_empty()).collect();
    for (list, page) in children.iter_mut().zip(&mut guide.pages).filter(|(list, _)| list.is_empty()) {
        *list = std::mem::take(&mut page.children);
    }
    // Comparing as a language does is slow; one section does not wait for another.
    children.par_iter_mut().zip(&guide.pages).for_each(|(list, page)| {
        order::sort(&guide.pages, list, collations.get(&page.lang).unwrap_or(&plain));
    });
    for (i, list) in children.into_iter().enumerate() {
        for pair in list.windows(2).filter(|_| is_section[i]) {
            guide.pages[pair[0] as usize].next = Some(pair[1]);
            guide.pages[pair[1] as usize].previous = Some(pair[0]);
        }
        guide.pages[i].children = list;
    }
}
