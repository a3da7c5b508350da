//! The steps from sources to a guide, in their order.

use super::{
    guide::{EntryNode, Guide, Node, Origin, PageNo, Thing},
    ids::Index,
    links::{Anchors, Lookup, Problem, Writer},
    problems::explain,
    redirects::{self, Wish},
    relations::{self, Author},
    sections, taxonomy,
    urls::{self, HOME, NOT_FOUND},
};
use crate::{
    base::{
        date::Date,
        digest::Digest,
        finding::{Finding, Mark, Place},
        path::SitePath,
        rules::Rule,
        slug::slug,
    },
    load::{page::Status, sources::Sources},
    settings::{
        schema::Schema,
        site::{self, Site},
    },
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, HashMap};
use unicode_normalization::UnicodeNormalization;

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

/// The digest of everything that the guide depends on: facts, no text and no spans of pages.
pub fn input(sources: &Sources, setting: Setting) -> Digest {
    let facts: Vec<Digest> = sources.pages.iter().map(|page| page.facts).collect();
    let data: Vec<Digest> = sources.data.iter().map(|file| file.facts).collect();
    let settings = (setting.site.digest(), setting.schema, setting.today, setting.drafts, setting.uncertain);
    Digest::of_value(&(facts, data, &sources.files, settings))
}

/// Resolves everything. What is wrong is a finding, and the guide is as whole as it can be.
pub fn resolve(sources: &Sources, setting: Setting) -> (Guide, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut pages = authored(sources, setting, &mut findings);
    taxonomy::add_pages(setting.site, &mut pages, |node| node.page(sources).map_or(&[][..], |page| &page.terms));
    let entries = entries(sources, setting, &mut pages, &mut findings);
    if !pages.iter().any(|page| page.id == NOT_FOUND && page.lang == setting.site.language) {
        let output = urls::output("/404.html");
        pages.push(Node {
            url: "/404.html".into(),
            output,
            ..taxonomy::page(setting.site, NOT_FOUND, Origin::NotFound)
        });
    }
    check_names(sources, &mut pages, &mut findings);

    let also = |entry: &EntryNode| {
        let (file, number) = entry.source;
        let content = &sources.data[file as usize].entries[number as usize].content;
        content.field("also_known_as").map(|value| value.texts()).unwrap_or_default()
    };
    let index = Index::new(&pages, &entries, |node| node.page(sources), also);
    let lookup = lookup(sources, setting, &pages, &entries, &index);
    let authors = authors(sources, &pages, &entries, setting.site);

    let links = links(&lookup, &authors, setting.uncertain, &mut findings);
    let related = relations::build(&lookup, &authors, &links);
    let groups = relations::group(&lookup, &related.edges);
    // What a page that cannot be read relates to is not known, nor what a faulty relation meant.
    if !setting.uncertain && !pages.iter().any(|page| page.broken) {
        findings.extend(relations::check_counts(&lookup, &authors, &groups, &related.faulty));
    }
    findings.extend(related.findings);
    findings.extend(explain(&lookup, related.problems, setting.uncertain));
    let menus = menus(&lookup, &mut findings);
    let urgent_help = setting.site.urgent_help.as_ref().and_then(|(name, span)| {
        let place = Place::span(&SitePath::from(site::FILE), *span);
        one(&lookup, name, place, &mut findings)
    });
    let (redirects, refused) = redirects::settle(wishes(sources, setting.site, &pages), &index, &pages, |path| {
        lookup.files.contains_key(path.trim_start_matches('/'))
    });
    findings.extend(refused);
    drop(lookup);

    let mut guide = Guide {
        home: pages.iter().position(|page| page.id == HOME && page.lang == setting.site.language).map(|i| i as PageNo),
        edges: related.edges,
        pages,
        entries,
        menus,
        urgent_help,
        redirects,
    };
    if guide.home.is_none() {
        let place = Place::file(&SitePath::from(site::FILE));
        let help = "Write content/index.md: it is what readers see at the address of the site.";
        findings.push(Finding::new(Rule::SETTINGS_INVALID, place, "the site has no first page", help));
    }
    tie(&mut guide, links, groups);
    sections::arrange(&mut guide, setting.site);
    (guide, findings)
}

/// A node for each page that was read.
fn authored(sources: &Sources, setting: Setting, findings: &mut Vec<Finding>) -> Vec<Node> {
    let mut pages = Vec::with_capacity(sources.pages.len());
    for (i, parsed) in sources.pages.iter().enumerate() {
        let page = &parsed.page;
        let url = urls::of_page(page, &setting.site.language).unwrap_or_else(|part| {
            let mark = if page.slug.is_some() { Mark::Field("slug".into()) } else { Mark::File };
            let message = format!("\"{part}\" leaves nothing for a URL");
            let help = "Give the file a name with letters or digits, or write \"slug:\" in its front matter.";
            findings.push(Finding::new(Rule::NAMES_EMPTY, parsed.place(mark), message, help));
            format!("/page-{i}/")
        });
        let (from, until) = page.published;
        let early = from.is_some_and(|from| from > setting.today) || page.status == Status::Draft;
        let late = until.is_some_and(|until| until < setting.today) || page.status == Status::Retired;
        pages.push(Node {
            lang: page.lang.clone(),
            kind: page.kind.clone(),
            title: page.title.clone(),
            short: page.short.clone().unwrap_or_else(|| page.title.clone()),
            summary: page.summary.clone().unwrap_or_default(),
            output: urls::output(&url),
            url,
            hidden: late || early && !setting.drafts,
            broken: page.broken,
            is_section: page.is_section,
            weight: page.weight,
            updated: page.updated.or(page.date),
            ..taxonomy::page(setting.site, &page.id, Origin::Authored(i as u32))
        });
    }
    pages
}

/// A node for each entry, and a page for each data kind that has no authored one.
fn entries(sources: &Sources, setting: Setting, pages: &mut Vec<Node>, findings: &mut Vec<Finding>) -> Vec<EntryNode> {
    let mut entries: Vec<EntryNode> = Vec::new();
    for (kind, data) in setting.schema.data_kinds() {
        let Some((number, file)) = sources.data.iter().enumerate().find(|(_, file)| file.kind == kind.name) else {
            continue;
        };
        let main = &setting.site.language;
        let authored = pages.iter().position(|page| page.id == data.page && page.lang == *main);
        let page = authored.unwrap_or_else(|| {
            let node = taxonomy::page(setting.site, &slug_path(&data.page), Origin::Data(kind.name.clone()));
            pages.push(Node { title: kind.title.clone(), short: kind.title.clone(), ..node });
            pages.len() - 1
        });
        let mut anchors: HashMap<String, &str> = HashMap::new();
        for (i, entry) in file.entries.iter().enumerate() {
            let anchor = match slug(&entry.id) {
                empty if empty.is_empty() => format!("entry-{i}"),
                anchor => anchor,
            };
            if let Some(other) = anchors.insert(anchor.clone(), &entry.id) {
                let message = format!("the codes \"{other}\" and \"{}\" are too alike", entry.id);
                let place = Place::span(&file.path, entry.places.front);
                findings.push(Finding::new(Rule::NAMES_CLASH, place, message, "Give one of them another code."));
            }
            pages[page].entries.push(entries.len() as u32);
            entries.push(EntryNode {
                kind: kind.name.clone(),
                id: entry.id.clone(),
                title: entry.title.clone(),
                page: page as PageNo,
                anchor,
                source: (number as u32, i as u32),
                relations: Vec::new(),
                cited_on: Vec::new(),
                targets: Vec::new(),
            });
        }
    }
    entries
}

fn slug_path(path: &str) -> String {
    path.split('/').map(slug).collect::<Vec<_>>().join("/")
}

/// Finds pages with one URL, and files whose names are too alike to live on every disk.
fn check_names(sources: &Sources, pages: &mut [Node], findings: &mut Vec<Finding>) {
    let mut folded: HashMap<String, &SitePath> = HashMap::new();
    let paths = sources.pages.iter().map(|page| &page.page.path).chain(&sources.files);
    let mut clashing: Vec<&SitePath> = Vec::new();
    for path in paths {
        let fold: String = path.nfc().flat_map(char::to_lowercase).collect();
        if let Some(other) = folded.insert(fold, path) {
            let message = format!("this name and \"{other}\" are one name on many disks");
            let help =
                "They differ only by capital letters or by how an accent is stored. Rename one of the two files.";
            findings.push(Finding::new(Rule::NAMES_CLASH, Place::file(path), message, help));
            clashing.push(path);
        }
    }
    let file_of = |page: &Node| page.page(sources).map(|page| page.path.clone());
    let mut urls: HashMap<String, String> = HashMap::new();
    for page in pages.iter_mut() {
        let file = file_of(page);
        let name = file.as_ref().map_or_else(|| format!("the page \"{}\"", page.title), |file| format!("\"{file}\""));
        match urls.get(&page.url) {
            None => drop(urls.insert(page.url.clone(), name)),
            Some(other) => {
                if let Some(file) = &file
                    && !clashing.contains(&file)
                {
                    let message = format!("this page has the address {} that {other} has too", page.url);
                    let help = "Rename one of the two files, or write another \"slug:\" in its front matter.";
                    findings.push(Finding::new(Rule::NAMES_URL, Place::file(file), message, help));
                } else if file.is_none() {
                    let message = format!("{name} would have the address {} that {other} has", page.url);
                    let help = "Rename that file, or the taxonomy or data page that this one is made for.";
                    findings.push(Finding::new(Rule::NAMES_URL, Place::file(&site::FILE.into()), message, help));
                }
                // Only the first of the two is built.
                page.broken = true;
            }
        }
    }
}

fn lookup<'a>(
    sources: &'a Sources,
    setting: Setting<'a>,
    pages: &'a [Node],
    entries: &'a [EntryNode],
    index: &'a Index,
) -> Lookup<'a> {
    let mut anchors = vec![Anchors::default(); pages.len()];
    let mut files = BTreeMap::new();
    let mut by_file = FxHashMap::default();
    for (i, node) in pages.iter().enumerate() {
        if let Some(page) = node.page(sources) {
            anchors[i].headings = &page.outline;
            anchors[i].blocks = &page.anchors;
            by_file.insert(page.path.nfc().collect::<String>(), i as u32);
        }
        anchors[i].entries = node.entries.iter().map(|entry| entries[*entry as usize].anchor.as_str()).collect();
    }
    for file in &sources.files {
        files.insert(urls::of_file(file), file);
    }
    Lookup { site: setting.site, schema: setting.schema, pages, entries, index, anchors, sources: by_file, files }
}

/// Everything that writes links and relations: visible pages, and entries.
fn authors<'a>(sources: &'a Sources, pages: &'a [Node], entries: &'a [EntryNode], site: &'a Site) -> Vec<Author<'a>> {
    let written = pages.iter().enumerate().filter_map(|(i, node)| {
        let page = node.page(sources).filter(|_| !node.hidden && !node.broken)?;
        Some(Author {
            thing: Thing::Page(i as u32),
            kind: &node.kind,
            content: &page.content,
            writer: Writer { file: &page.path, page: i as u32, lang: &node.lang },
            places: None,
        })
    });
    let entered = entries.iter().enumerate().map(|(i, node)| {
        let file = &sources.data[node.source.0 as usize];
        let entry = &file.entries[node.source.1 as usize];
        Author {
            thing: Thing::Entry(i as u32),
            kind: &node.kind,
            content: &entry.content,
            writer: Writer { file: &file.path, page: node.page, lang: &site.language },
            places: Some(&entry.places),
        }
    });
    written.chain(entered).collect()
}

/// Resolves every link of every author, several authors at once.
fn links(
    lookup: &Lookup,
    authors: &[Author],
    uncertain: bool,
    findings: &mut Vec<Finding>,
) -> Vec<(Thing, Vec<super::guide::Target>)> {
    let each = |author: &Author| {
        let mut problems = Vec::new();
        let resolve = |(i, link)| {
            let (target, problem) = lookup.resolve(author.writer, link);
            problems.extend(problem.map(|problem| (author.place(Mark::Link(i as u32)), problem)));
            target
        };
        let targets = author.content.links.iter().enumerate().map(resolve).collect();
        (author.thing, targets, problems)
    };
    let resolved: Vec<_> = authors.par_iter().map(each).collect();
    let mut out = Vec::with_capacity(resolved.len());
    let mut problems = Vec::new();
    for (thing, targets, found) in resolved {
        out.push((thing, targets));
        problems.extend(found);
    }
    findings.extend(explain(lookup, problems, uncertain));
    out
}

fn menus(lookup: &Lookup, findings: &mut Vec<Finding>) -> BTreeMap<String, Vec<PageNo>> {
    let file = SitePath::from(site::FILE);
    let mut menus = BTreeMap::new();
    for (name, items) in &lookup.site.menus {
        let pages = items.iter().filter_map(|(item, span)| one(lookup, item, Place::span(&file, *span), findings));
        menus.insert(name.clone(), pages.collect());
    }
    menus
}

/// The page that a setting names.
fn one(lookup: &Lookup, name: &str, place: Place, findings: &mut Vec<Finding>) -> Option<PageNo> {
    let found = lookup.find(name, &lookup.site.language, |_| true).and_then(|thing| match thing {
        Thing::Page(page) if !lookup.pages[page as usize].hidden => Ok(page),
        Thing::Page(_) => Err(super::links::unpublished(name)),
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

fn wishes(sources: &Sources, site: &Site, pages: &[Node]) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for node in pages.iter().filter(|node| !node.hidden) {
        let Some(page) = node.page(sources) else { continue };
        for alias in &page.aliases {
            let place = Place::mark(&page.path, Mark::Field("aliases".into()));
            wishes.push(Wish { from: alias.clone(), to: node.url.clone(), place });
        }
    }
    for (from, to, span) in &site.redirects {
        let place = Place::span(&SitePath::from(site::FILE), *span);
        wishes.push(Wish { from: from.clone(), to: to.clone(), place });
    }
    wishes
}

/// Puts links and relations into the nodes, and from them the mentions and citations.
fn tie(
    guide: &mut Guide,
    links: Vec<(Thing, Vec<super::guide::Target>)>,
    groups: BTreeMap<Thing, Vec<super::guide::Group>>,
) {
    let mut mentions: Vec<Vec<PageNo>> = vec![Vec::new(); guide.pages.len()];
    for (thing, targets) in links {
        let writer = match thing {
            Thing::Page(page) => Some(page),
            Thing::Entry(_) => None,
        };
        for target in &targets {
            match (writer, target.thing) {
                (Some(writer), Some(Thing::Page(page))) if page != writer => mentions[page as usize].push(writer),
                (Some(writer), Some(Thing::Entry(entry))) => guide.entries[entry as usize].cited_on.push(writer),
                _ => {}
            }
        }
        match thing {
            Thing::Page(page) => guide.pages[page as usize].targets = targets,
            Thing::Entry(entry) => guide.entries[entry as usize].targets = targets,
        }
    }
    for entry in &mut guide.entries {
        entry.cited_on.dedup();
    }
    for (thing, groups) in groups {
        match thing {
            Thing::Page(page) => guide.pages[page as usize].relations = groups,
            Thing::Entry(entry) => guide.entries[entry as usize].relations = groups,
        }
    }
    for (page, mut from) in mentions.into_iter().enumerate() {
        from.dedup();
        if from.is_empty() {
            continue;
        }
        let node = &guide.pages[page];
        let edges = || node.relations.iter().flat_map(|group| &group.edges).map(|edge| &guide.edges[*edge as usize]);
        let related: std::collections::HashSet<Thing> =
            edges().flat_map(|edge| [edge.from.thing, edge.to.thing]).collect();
        from.retain(|writer| !related.contains(&Thing::Page(*writer)));
        guide.pages[page].mentions = from;
    }
}
