//! Taxonomies: a page for each, and one for each of its terms.

use super::{
    guide::{Node, Origin, PageNo},
    urls,
};
use crate::{base::slug::slug, settings::site::Site};
use std::collections::BTreeMap;

/// Adds a page for every taxonomy that some page uses, and for every term; ties the pages to
/// their terms. `terms` gives the terms of a page by taxonomy.
pub fn add_pages<'a>(site: &Site, pages: &mut Vec<Node>, terms: impl Fn(&Node) -> &'a [(String, Vec<String>)]) {
    for (taxonomy, title) in &site.taxonomies {
        // By URL, so that "Self-help" and "self help" are one term; its first spelling counts.
        let mut found: BTreeMap<String, (String, Vec<PageNo>)> = BTreeMap::new();
        for (i, page) in pages.iter().enumerate().filter(|(_, page)| !page.hidden) {
            let own = terms(page).iter().filter(|(name, _)| name == taxonomy).flat_map(|(_, terms)| terms);
            for term in own {
                let (_, members) = found.entry(slug(term)).or_insert_with(|| (term.clone(), Vec::new()));
                if members.last() != Some(&(i as PageNo)) {
                    members.push(i as PageNo);
                }
            }
        }
        found.remove("");
        if found.is_empty() {
            continue;
        }
        let root = pages.len() as PageNo;
        let base = slug(taxonomy);
        pages.push(Node {
            title: title.clone(),
            is_section: true,
            ..page(site, &base, Origin::Taxonomy(taxonomy.clone()))
        });
        for (term_slug, (term, members)) in found {
            let number = pages.len() as PageNo;
            let id = format!("{base}/{term_slug}");
            let origin = Origin::Term(taxonomy.clone(), term.clone());
            for member in &members {
                let own = &mut pages[*member as usize].terms;
                match own.iter_mut().find(|(name, _)| name == taxonomy) {
                    Some((_, terms)) => terms.push(number),
                    None => own.push((taxonomy.clone(), vec![number])),
                }
            }
            pages.push(Node { title: term, section: Some(root), children: members, ..page(site, &id, origin) });
            pages[root as usize].children.push(number);
        }
    }
}

/// A generated page with that id, in the site's own language.
pub fn page(site: &Site, id: &str, origin: Origin) -> Node {
    // A generated id is made of slugs, which always leave something for a URL.
    let url = urls::of_id(id, None, &site.language, &site.language).unwrap_or_else(|_| format!("/{id}/"));
    Node {
        id: id.into(),
        lang: site.language.clone(),
        kind: crate::settings::schema::PLAIN.into(),
        title: String::new(),
        short: String::new(),
        summary: String::new(),
        output: urls::output(&url),
        url,
        origin,
        hidden: false,
        broken: false,
        is_section: false,
        weight: None,
        updated: None,
        section: None,
        children: Vec::new(),
        previous: None,
        next: None,
        relations: Vec::new(),
        mentions: Vec::new(),
        entries: Vec::new(),
        terms: Vec::new(),
        targets: Vec::new(),
    }
}
