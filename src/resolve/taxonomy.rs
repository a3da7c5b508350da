//! Taxonomies: in each language a page for each, and one or more for each of its terms.

use super::{
    guide::{Guide, Node, Origin, PageNo, Paging},
    nodes::generated,
    order, sections,
};
use crate::{
    base::{
        finding::{Finding, Mark, Place},
        lang::Lang,
        near::{did_you_mean, nearest},
        rules::Rule,
        slug::slug,
    },
    load::sources::Sources,
    settings::site::{Site, Taxonomy},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The terms of a taxonomy by slug: the spelling that is met first, and the pages that have it.
type Terms = BTreeMap<String, (String, Vec<PageNo>)>;

/// Adds a page for every taxonomy that some page uses, and for every term; ties the pages to their
/// terms. What is misspelt is found.
pub fn add_pages(
    site: &Site,
    languages: &[Lang],
    sources: &Sources,
    pages: &mut Vec<Node>,
    findings: &mut Vec<Finding>,
) {
    for (name, taxonomy) in &site.taxonomies {
        for lang in languages {
            let found = terms(name, lang, sources, pages);
            let closed = *lang == site.language;
            findings.extend(check(name, taxonomy, closed, &found, sources, pages));
            if !found.is_empty() {
                add(site, name, taxonomy, lang, found, pages);
            }
        }
    }
}

fn terms(taxonomy: &str, lang: &Lang, sources: &Sources, pages: &[Node]) -> Terms {
    // By slug, so that "Self-help" and "self help" are one term; its first spelling counts.
    let mut found = Terms::new();
    for (i, node) in pages.iter().enumerate().filter(|(_, node)| !node.hidden && node.lang == *lang) {
        for term in own_terms(node, taxonomy, sources, pages) {
            let (_, members) = found.entry(slug(term)).or_insert_with(|| (term.clone(), Vec::new()));
            if members.last() != Some(&(i as PageNo)) {
                members.push(i as PageNo);
            }
        }
    }
    found.remove("");
    found
}

/// The terms of a page; a translation that says nothing has those of its source.
fn own_terms<'a>(node: &Node, taxonomy: &str, sources: &'a Sources, pages: &[Node]) -> &'a [String] {
    let of = |node: &Node| -> &'a [String] {
        let terms = node.page(sources).map_or(&[][..], |page| &page.terms);
        terms.iter().find(|(name, _)| name == taxonomy).map_or(&[], |(_, terms)| terms)
    };
    match (of(node), node.translations.first()) {
        ([], Some(source)) => of(&pages[*source as usize]),
        (own, _) => own,
    }
}

fn add(site: &Site, name: &str, taxonomy: &Taxonomy, lang: &Lang, found: Terms, pages: &mut Vec<Node>) {
    let root = pages.len() as PageNo;
    let base = slug(name);
    pages.push(Node {
        title: taxonomy.title.clone(),
        is_section: true,
        ..generated(&base, lang, &site.language, Origin::Taxonomy(name.into()))
    });
    for (term_slug, (term, members)) in found {
        let number = pages.len() as PageNo;
        for member in &members {
            let own = &mut pages[*member as usize].terms;
            match own.iter_mut().find(|(own, _)| own == name) {
                Some((_, terms)) => terms.push(number),
                None => own.push((name.into(), vec![number])),
            }
        }
        pages[root as usize].children.push(number);
        let origin = Origin::Term(name.into(), term.clone());
        let first = generated(&format!("{base}/{term_slug}"), lang, &site.language, origin);
        // All pages of the term stand on the first one until they are in order.
        pages.push(Node { title: term, section: Some(root), children: members, ..first });
    }
}

/// Parts the pages of each term where the taxonomy asks for it: called when they are in order.
pub fn paginate(site: &Site, guide: &mut Guide) {
    for term in 0..guide.pages.len() as PageNo {
        let first = guide.page(term);
        let Origin::Term(name, _) = &first.origin else { continue };
        let size = site.taxonomies.get(name).and_then(|taxonomy| taxonomy.paginate);
        let Some(size) = size.map(|size| size as usize).filter(|size| first.children.len() > *size) else {
            continue;
        };
        let members = std::mem::take(&mut guide.page_mut(term).children);
        let mut chunks = members.chunks(size);
        guide.page_mut(term).children = chunks.next().unwrap_or_default().to_vec();
        let mut all = vec![term];
        for (number, chunk) in (2..).zip(chunks) {
            all.push(guide.pages.len() as PageNo);
            let first = guide.page(term);
            let id = format!("{}/page-{number}", first.id);
            let next = generated(&id, &first.lang, &site.language, first.origin.clone());
            let (title, section) = (first.title.clone(), first.section);
            guide.pages.push(Arc::new(Node { title, section, children: chunk.to_vec(), ..next }));
        }
        for (number, page) in (0..).zip(all.clone()) {
            guide.page_mut(page).paging = Some(Paging { number, pages: all.clone() });
        }
    }
}

/// Sorts the pages of a term again, of which only those have other names than before: on all pages of the term.
pub fn sort_again(guide: &mut Guide, term: PageNo, renamed: &BTreeSet<PageNo>, site: &Site) {
    let first = guide.page(term);
    let parts = first.paging.as_ref().map_or(vec![term], |paging| paging.pages.clone());
    let mut members: Vec<PageNo> = parts.iter().flat_map(|part| guide.page(*part).children.clone()).collect();
    order::sort_again(&guide.pages, &mut members, renamed, &sections::collation(site, &first.lang));
    let mut rest = &members[..];
    for part in parts {
        let own;
        (own, rest) = rest.split_at(guide.page(part).children.len());
        if guide.page(part).children != own {
            guide.page_mut(part).children = own.to_vec();
        }
    }
}

/// Finds terms that a taxonomy does not have, or that are probably another one misspelt.
fn check(
    name: &str,
    taxonomy: &Taxonomy,
    closed: bool,
    found: &Terms,
    sources: &Sources,
    pages: &[Node],
) -> Vec<Finding> {
    let known: Vec<String> = taxonomy.terms.iter().map(|term| slug(term)).collect();
    let mut findings = Vec::new();
    for (own, (term, members)) in found {
        let wrong = match taxonomy.terms.is_empty() {
            // Another language has words of its own for the terms.
            false if known.contains(own) || !closed => None,
            false => {
                let help = did_you_mean(term, taxonomy.terms.iter().map(String::as_str), || {
                    format!("The terms are {}. New ones are added to guide.yaml.", taxonomy.terms.join(", "))
                });
                Some((Rule::TAXONOMIES_TERM, format!("\"{name}\" has no term \"{term}\""), help))
            }
            // A term of one page that is nearly a term of several.
            // Of short words and abbreviations many are nearly another.
            true if members.len() == 1 && term.chars().count() > 4 && term.chars().any(char::is_lowercase) => {
                let others = found.iter().filter(|(other, (_, members))| *other != own && members.len() > 1);
                let near = nearest(term, others.map(|(_, (term, _))| term.as_str()));
                let count = |near: &str| found.values().find(|(term, _)| term == near).map_or(0, |(_, all)| all.len());
                near.map(|near| {
                    let message =
                        format!("\"{term}\" is used on this page only, and \"{near}\" on {} pages", count(near));
                    (Rule::TAXONOMIES_ALIKE, message, format!("Did you mean \"{near}\"?"))
                })
            }
            true => None,
        };
        let Some((rule, message, help)) = wrong else { continue };
        for member in members {
            let node = &pages[*member as usize];
            let Some(page) = node.page(sources).filter(|_| !node.fallback) else { continue };
            // A translation that says nothing of it has the terms of its source, where it is told.
            let terms = page.terms.iter().filter(|(taxonomy, _)| taxonomy == name).flat_map(|(_, terms)| terms);
            if let Some(number) = terms.into_iter().position(|written| slug(written) == *own) {
                let place = Place::mark(&page.path, Mark::Field(format!("{name}.{number}")));
                findings.push(Finding::new(rule, place, message.clone(), help.clone()));
            }
        }
    }
    findings
}
