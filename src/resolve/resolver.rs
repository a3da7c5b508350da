//! The steps from sources to a guide, in their order.

use super::{
    a_z, feeds,
    guide::{EntryNode, Gone, Guide, ListNode, MapNode, Node, PageNo, Target, Thing},
    ids::Index,
    links::{Anchors, Lookup, Problem, Writer},
    maps, nodes,
    problems::explain,
    queries,
    redirects::{self, Wish},
    relations::{self, Author},
    sections, taxonomy, tie,
    urls::{self, HOME},
};
use crate::{
    base::{
        date::Date,
        digest::Digest,
        finding::{Finding, Mark, Place},
        lang::Lang,
        path::{SitePath, nfc},
        rules::Rule,
    },
    load::{page::Status, sources::Sources},
    settings::{
        schema::Schema,
        site::{self, Site},
    },
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::{collections::BTreeMap, sync::Arc};

/// What resolve depends on beside the sources.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The settings.
    pub site: &'a Site,
    /// The schema.
    pub schema: &'a Schema,
    /// Today.
    pub today: Date,
    /// Whether drafts are built.
    pub drafts: bool,
    /// Whether the schema or a data file could not be read whole: then names that lead nowhere may
    /// be no fault of those who wrote them, and are not reported on top.
    pub uncertain: bool,
}

/// The digest of the settings that the guide depends on.
pub fn basis(setting: Setting) -> Digest {
    Digest::of_value(&(setting.site.digest(), setting.schema, setting.today, setting.drafts, setting.uncertain))
}

/// The digest of everything that the guide depends on: facts, no text and no spans of pages.
pub fn input(sources: &Sources, basis: Digest) -> Digest {
    let facts: Vec<Digest> = sources.pages.iter().map(|page| page.facts).collect();
    let data: Vec<Digest> = sources.data.iter().map(|file| file.facts).collect();
    let words: Vec<&[u32]> = sources.glossary.uses.iter().map(|uses| uses.terms.as_slice()).collect();
    Digest::of_value(&(facts, data, words, &sources.files, basis))
}

/// Resolves everything. What is wrong is a finding, and the guide is as whole as it can be.
pub fn resolve(sources: &Sources, setting: Setting) -> (Guide, Vec<Finding>) {
    let mut findings = Vec::new();
    let languages = setting.site.all_languages();
    let mut pages = nodes::authored(sources, setting, &mut findings);
    nodes::tie_languages(&mut pages, sources, setting, &languages);
    taxonomy::add_pages(setting.site, &languages, sources, &mut pages, &mut findings);
    let entries = nodes::entries(sources, setting, &languages, &mut pages, &mut findings);
    nodes::listings(sources, setting, &languages, &mut pages);
    nodes::check_names(sources, &mut pages, &mut findings);
    let pages: Vec<Arc<Node>> = pages.into_iter().map(Arc::new).collect();

    let index = Index::new(&pages, &entries, |node| node.page(sources), |entry| other_names(entry, sources));
    let lookup = lookup(sources, setting, &pages, &entries, &index, &languages);
    let authors = authors(sources, &pages, &entries, &languages);

    let links = links(&lookup, &authors, setting.uncertain, &mut findings);
    let words = tie::words(&lookup, sources, &authors, &links);
    let related = relations::build(&lookup, &authors, &links);
    let groups = relations::group(&lookup, &related.edges);
    // What a page that cannot be read relates to is not known, nor what a faulty relation meant.
    if !setting.uncertain && !pages.iter().any(|page| page.broken) {
        findings.extend(relations::check_counts(&lookup, &authors, &related.edges, &groups, &related.faulty));
    }
    findings.extend(related.findings);
    findings.extend(explain(&lookup, related.problems, setting.uncertain));
    let lists = queries::answer(&lookup, sources, &related.edges, &mut findings);
    let maps = maps::answer(&lookup, sources, &related.edges, &mut findings);
    let menus = menus(&lookup, &mut findings);
    let urgent_help = setting.site.urgent_help.as_ref().and_then(|(name, span)| {
        let place = Place::span(&SitePath::from(site::FILE), *span);
        one(&lookup, name, &setting.site.language, place, &mut findings)
    });
    let (mut gone, moved) = gone(&lookup, sources, &mut findings);
    let mut wishes = wishes(sources, setting.site, &pages, &mut findings);
    wishes.extend(moved);
    let (redirects, refused) =
        redirects::settle(wishes, &index, &pages, |path| lookup.files.contains_key(path.trim_start_matches('/')));
    findings.extend(refused);
    // Where an old address leads on, nobody need be told that its page is gone.
    gone.retain(|gone| !redirects.iter().any(|redirect| redirect.from == gone.url));
    drop(lookup);

    let owners = authors.iter().map(|author| (author.thing, author.language, author.inherited)).collect();
    let a_z = a_z::of(&pages, &entries, sources, setting);
    let home = pages.iter().position(|page| page.id == HOME && page.lang == setting.site.language);
    let mut guide = Guide {
        home: home.map(|i| i as PageNo),
        edges: related.edges.into(),
        languages,
        spoken: pages.iter().map(|page| page.lang.clone()).collect(),
        pages,
        entries: entries.into(),
        menus,
        urgent_help,
        redirects,
        gone,
        a_z,
    };
    if guide.home.is_none() {
        let place = Place::file(&SitePath::from(site::FILE));
        let help = "Write content/index.md: it is what readers see at the address of the site.";
        findings.push(Finding::new(Rule::SETTINGS_INVALID, place, "the site has no first page", help));
    }
    tie::tie(&mut guide, owners, links, words, groups);
    put_answers(&mut guide, lists, maps);
    sections::arrange(&mut guide, setting.site);
    feeds::arrange(&mut guide);
    taxonomy::paginate(setting.site, &mut guide);
    (guide, findings)
}

/// Puts the answers to lists and maps where they were asked for. A page that has the same ones already stays shared
/// with the guide before.
pub fn put_answers(guide: &mut Guide, lists: Vec<(PageNo, Vec<ListNode>)>, maps: Vec<(PageNo, Vec<MapNode>)>) {
    for (page, lists) in lists {
        if guide.page(page).lists != lists {
            guide.page_mut(page).lists = lists;
        }
    }
    for (page, maps) in maps {
        if guide.page(page).maps != maps {
            guide.page_mut(page).maps = maps;
        }
    }
}

/// The other names of an entry, in all languages.
pub fn other_names(entry: &EntryNode, sources: &Sources) -> Vec<String> {
    let names = entry.texts.iter().map(|text| {
        let (file, number) = text.source;
        let content = &sources.data[file as usize].entries[number as usize].content;
        content.field("also_known_as").map(|value| value.texts()).unwrap_or_default()
    });
    names.flatten().collect()
}

/// What links are looked up in.
pub fn lookup<'a>(
    sources: &'a Sources,
    setting: Setting<'a>,
    pages: &'a [Arc<Node>],
    entries: &'a [EntryNode],
    index: &'a Index,
    languages: &'a [Lang],
) -> Lookup<'a> {
    let mut anchors = vec![Anchors::default(); pages.len()];
    let mut by_file = FxHashMap::default();
    for (i, node) in pages.iter().enumerate() {
        if let Some(page) = node.page(sources) {
            anchors[i].headings = &page.outline;
            anchors[i].blocks = &page.anchors;
            by_file.entry(nfc(&page.path).into_owned()).or_insert(i as u32);
        }
        anchors[i].entries = node.entries.iter().map(|entry| entries[*entry as usize].anchor.as_str()).collect();
        // A page whose text places the entries of a kind has them too.
        let placed = node.page(sources).map_or(&[][..], |page| &page.placed);
        if placed.iter().any(|name| setting.schema.is_data(name)) {
            let placed = entries.iter().filter(|entry| placed.contains(&entry.kind));
            anchors[i].entries.extend(placed.map(|entry| entry.anchor.as_str()));
        }
    }
    let files = sources.files.iter().map(|(file, len)| (urls::of_file(file), (file, *len))).collect();
    let Setting { site, schema, .. } = setting;
    Lookup { site, schema, pages, entries, index, anchors, sources: by_file, files, languages }
}

/// Everything that writes links and relations: visible pages, and entries in each language. A page that
/// translates another has the relations of that one too.
fn authors<'a>(
    sources: &'a Sources,
    pages: &'a [Arc<Node>],
    entries: &'a [EntryNode],
    languages: &'a [Lang],
) -> Vec<Author<'a>> {
    let visible = |node: &&Arc<Node>| !node.hidden && !node.broken;
    let mut authors = Vec::with_capacity(pages.len());
    let mut inherited = Vec::new();
    for (i, node) in pages.iter().enumerate().filter(|(_, node)| visible(node)) {
        let Some(page) = node.page(sources) else { continue };
        let author = Author {
            thing: Thing::Page(i as u32),
            kind: &node.kind,
            content: &page.content,
            writer: Writer { file: &page.path, page: i as u32, lang: &node.lang, text: &node.text_lang },
            language: None,
            inherited: false,
            places: None,
        };
        authors.push(author);
        let source = node.translations.first().filter(|_| !node.fallback).map(|source| &pages[*source as usize]);
        if let Some(source) = source.filter(|source| source.lang != node.lang).filter(visible)
            && let Some(page) = source.page(sources)
        {
            let writer = Writer { file: &page.path, text: &source.text_lang, ..author.writer };
            inherited.push(Author { content: &page.content, writer, inherited: true, ..author });
        }
    }
    for (i, node) in entries.iter().enumerate() {
        for (language, text) in node.texts.iter().enumerate() {
            let file = &sources.data[text.source.0 as usize];
            let entry = &file.entries[text.source.1 as usize];
            let author = Author {
                thing: Thing::Entry(i as u32),
                kind: &node.kind,
                content: &entry.content,
                writer: Writer { file: &file.path, page: text.page, lang: &languages[language], text: &text.lang },
                language: Some(language),
                inherited: language > 0,
                places: Some(&entry.places),
            };
            match language {
                0 => authors.push(author),
                _ => inherited.push(author),
            }
        }
    }
    authors.append(&mut inherited);
    authors
}

/// Resolves every link of every author, several authors at once.
fn links(lookup: &Lookup, authors: &[Author], uncertain: bool, findings: &mut Vec<Finding>) -> Vec<Vec<Target>> {
    let each = |author: &Author| {
        let mut problems = Vec::new();
        // Of the page that it translates, a translation has the relations and not the text.
        let on_edges: u32 = author.content.edges.iter().map(|edge| edge.links).sum();
        let first = match (author.inherited, author.thing) {
            (true, Thing::Page(_)) => author.content.links.len() - on_edges as usize,
            _ => 0,
        };
        let resolve = |(i, link)| {
            if i < first {
                return Target::dead();
            }
            let (target, problem) = lookup.resolve(author.writer, link);
            problems.extend(problem.map(|problem| (author.place(Mark::Link(i as u32)), problem)));
            target
        };
        let targets = author.content.links.iter().enumerate().map(resolve).collect();
        (targets, problems)
    };
    let resolved: Vec<_> = authors.par_iter().map(each).collect();
    let mut out = Vec::with_capacity(resolved.len());
    let mut problems = Vec::new();
    for (targets, found) in resolved {
        out.push(targets);
        problems.extend(found);
    }
    findings.extend(explain(lookup, problems, uncertain));
    out
}

fn menus(lookup: &Lookup, findings: &mut Vec<Finding>) -> BTreeMap<String, Vec<PageNo>> {
    let file = SitePath::from(site::FILE);
    let mut menus = BTreeMap::new();
    for (name, items) in &lookup.site.menus {
        let lang = &lookup.site.language;
        let pages =
            items.iter().filter_map(|(item, span)| one(lookup, item, lang, Place::span(&file, *span), findings));
        menus.insert(name.clone(), pages.collect());
    }
    menus
}

/// The page that a setting names.
fn one(lookup: &Lookup, name: &str, lang: &Lang, place: Place, findings: &mut Vec<Finding>) -> Option<PageNo> {
    let found = lookup.find(name, lang, |_| true).and_then(|thing| match thing {
        Thing::Page(page) if !lookup.pages[page as usize].hidden => Ok(page),
        Thing::Page(page) => Err(super::links::unpublished(&lookup.pages[page as usize])),
        Thing::Entry(_) => Err(Box::new(Problem {
            rule: Rule::LINKS_DEAD,
            message: format!("\"{name}\" is an entry of a data file and not a page"),
            near: None,
            help: "Name the page that shows it.".into(),
        })),
    });
    match found {
        Ok(page) => Some(page),
        Err(problem) => {
            findings.extend(explain(lookup, vec![(place, *problem)], false));
            None
        }
    }
}

/// Every old address that somebody wrote down. A section that moved, `/old/*` to `/new/*`, is one wish
/// for each page below the new place.
fn wishes(sources: &Sources, site: &Site, pages: &[Arc<Node>], findings: &mut Vec<Finding>) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for node in pages.iter().filter(|node| !node.hidden && !node.fallback) {
        let Some(page) = node.page(sources) else { continue };
        for (i, alias) in page.aliases.iter().enumerate() {
            let place = Place::mark(&page.path, Mark::Field(format!("aliases.{i}")));
            wishes.push(Wish { from: alias.clone(), to: node.url.clone(), place });
        }
    }
    for (from, to, span) in &site.redirects {
        let place = Place::span(&SitePath::from(site::FILE), *span);
        if !from.contains('*') && !to.contains('*') {
            wishes.push(Wish { from: from.clone(), to: to.clone(), place });
            continue;
        }
        let parts = from.strip_suffix("/*").zip(to.strip_suffix("/*"));
        let parts = parts.filter(|(old, new)| old.starts_with('/') && new.starts_with('/') && !old.contains('*'));
        let Some((old, new)) = parts.map(|(old, new)| (format!("{old}/"), format!("{new}/"))) else {
            let message = format!("\"{from}\" cannot lead to \"{to}\"");
            let help = "To move a section write a star at the end of both, like /old-place/* and /new-place/*.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, place, message, help));
            continue;
        };
        let (old, new) = (old.as_str(), new.as_str());
        let below = pages.iter().filter(|node| !node.hidden && !node.broken);
        if let Some(live) = below.clone().find(|node| node.url.starts_with(old)) {
            let message = format!("{old} is where \"{}\" and perhaps others are today", live.title);
            let help = "A section that is still there has not moved. Remove this line.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, place, message, help));
            continue;
        }
        let moved = below.filter_map(|node| Some((node.url.strip_prefix(new)?, node)));
        let before = wishes.len();
        wishes.extend(moved.map(|(rest, node)| Wish {
            from: format!("{old}{rest}"),
            to: node.url.clone(),
            place: place.clone(),
        }));
        if wishes.len() == before {
            let help = "Write where the pages of that section are today, like /new-place/*.";
            findings.push(Finding::new(Rule::REDIRECTS_CLASH, place, format!("no page lies below {new}"), help));
        }
    }
    wishes
}

/// The pages that were withdrawn, each with what is offered in its place, where their old addresses
/// lead too.
fn gone(lookup: &Lookup, sources: &Sources, findings: &mut Vec<Finding>) -> (Vec<Gone>, Vec<Wish>) {
    let (mut gone, mut moved) = (Vec::new(), Vec::new());
    for node in lookup.pages.iter().filter(|node| !node.broken) {
        let Some(page) = node.page(sources).filter(|page| page.status == Status::Retired) else { continue };
        let to = page.content.field("replaced_by").and_then(|value| value.as_str());
        let place = Place::mark(&page.path, Mark::Field("replaced_by".into()));
        let to = to.and_then(|name| one(lookup, name.trim(), &node.lang, place, findings));
        for (i, alias) in page.aliases.iter().enumerate() {
            let Some(to) = to.map(|to| lookup.pages[to as usize].url.clone()) else { continue };
            let place = Place::mark(&page.path, Mark::Field(format!("aliases.{i}")));
            moved.push(Wish { from: alias.clone(), to, place });
        }
        gone.push(Gone { url: node.url.clone(), lang: node.lang.clone(), to });
    }
    (gone, moved)
}
