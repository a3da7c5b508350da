//! Every page of the guide before anything leads anywhere: the authored ones, those that stand in for
//! missing translations, and those made for data, taxonomies and indexes.

use super::{
    guide::{EntryNode, EntryText, Listing, Node, Origin, PageNo},
    resolver::Setting,
    urls::{self, HOME, NOT_FOUND},
};
use crate::{
    base::{
        finding::{Finding, Mark, Place},
        lang::Lang,
        near::did_you_mean,
        path::{SitePath, nfc},
        rules::Rule,
        slug::slug,
    },
    load::{
        data::DataFile,
        page::{Page, Parsed, Status},
        sources::Sources,
        typography::Typography,
    },
    settings::{
        schema::{Kind, PLAIN},
        site::{self, Site},
    },
};
use rayon::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// The id of the index from A to Z.
pub const A_Z: &str = "a-z";
/// The id of the page of the search.
pub const SEARCH: &str = "search";

/// The id of the register of reviews.
pub const REVIEW: &str = "review";

/// A page with that id that nobody wrote.
pub fn generated(id: &str, lang: &Lang, main: &Lang, origin: Origin) -> Node {
    // A generated id is made of slugs, which always leave something for a URL.
    let url = urls::of_id(id, None, lang, main).unwrap_or_else(|_| format!("/{id}/"));
    bare(id, lang, url, origin)
}

/// A page of which no more is known than where it stands.
fn bare(id: &str, lang: &Lang, url: String, origin: Origin) -> Node {
    Node {
        id: id.into(),
        lang: lang.clone(),
        text_lang: lang.clone(),
        fallback: false,
        translations: Vec::new(),
        kind: PLAIN.into(),
        title: String::new(),
        short: String::new(),
        summary: String::new(),
        output: urls::output(&url),
        url,
        origin,
        hidden: false,
        retired: false,
        broken: false,
        is_section: false,
        weight: None,
        updated: None,
        noindex: false,
        sitemap: true,
        a_z: true,
        feed: true,
        recent: Vec::new(),
        listing: None,
        lists: Vec::new(),
        maps: Vec::new(),
        paging: None,
        section: None,
        children: Vec::new(),
        previous: None,
        next: None,
        relations: Vec::new(),
        mentions: Vec::new(),
        entries: Vec::new(),
        terms: Vec::new(),
        targets: Vec::new(),
        words: Vec::new(),
        used_on: Vec::new(),
    }
}

/// A node for each page that was read.
pub fn authored(sources: &Sources, setting: Setting, findings: &mut Vec<Finding>) -> Vec<Node> {
    // Room for what is made beside them: a vector of this size is costly to move.
    let languages = setting.site.languages.len() + 1;
    let mut pages = Vec::with_capacity(sources.pages.len() * languages + sources.pages.len() / 8 + 256);
    let make = |(i, parsed): (usize, &Arc<Parsed>)| {
        let page = &parsed.page;
        let (url, finding) = match urls::of_page(page, &setting.site.language) {
            Ok(url) => (url, None),
            Err(part) => {
                let mark = if page.slug.is_some() { Mark::Field("slug".into()) } else { Mark::File };
                let message = format!("\"{part}\" leaves nothing for a URL");
                let help = "Give the file a name with letters or digits, or write \"slug:\" in its front matter.";
                let finding = Finding::new(Rule::NAMES_EMPTY, parsed.place(mark), message, help);
                (format!("/page-{i}/"), Some(finding))
            }
        };
        (of_page(page, i as u32, &page.lang, url, setting), finding)
    };
    let made: Vec<_> = sources.pages.par_iter().enumerate().map(make).collect();
    for (page, finding) in made {
        pages.push(page);
        findings.extend(finding);
    }
    pages
}

/// What readers see of a page elsewhere.
pub struct Names {
    /// [`Node::title`].
    pub title: String,
    /// [`Node::short`].
    pub short: String,
    /// [`Node::summary`].
    pub summary: String,
}

/// The names of a page, as they are set in its language.
pub fn names(page: &Page, site: &Site) -> Names {
    let set = |text: &str| Typography::of(&page.lang, site.smart_punctuation).line(text).into_owned();
    Names {
        title: set(&page.title),
        short: set(page.short.as_ref().unwrap_or(&page.title)),
        summary: page.summary.as_deref().map(set).unwrap_or_default(),
    }
}

fn of_page(page: &Page, number: u32, lang: &Lang, url: String, setting: Setting) -> Node {
    let (from, until) = page.published;
    let early = from.is_some_and(|from| from > setting.today) || page.status == Status::Draft;
    let late = until.is_some_and(|until| until < setting.today) || page.status == Status::Retired;
    let Names { title, short, summary } = names(page, setting.site);
    Node {
        text_lang: page.lang.clone(),
        kind: page.kind.clone(),
        title,
        short,
        summary,
        hidden: late || early && !setting.drafts,
        retired: page.status == Status::Retired,
        broken: page.broken,
        is_section: page.is_section,
        weight: page.weight,
        updated: page.updated.or(page.date),
        // A draft that somebody looks at is not to be found, should it ever stand on a host.
        noindex: page.noindex || early,
        sitemap: page.sitemap,
        a_z: page.a_z,
        feed: page.feed && !page.noindex,
        ..bare(&page.id, lang, url, Origin::Authored(number))
    }
}

/// Adds a page for every translation that is missing, so that a reader of that language finds the
/// whole guide; and ties the pages that are one in several languages.
pub fn tie_languages(pages: &mut Vec<Node>, sources: &Sources, setting: Setting, languages: &[Lang]) {
    if languages.len() < 2 {
        return;
    }
    let (main, others) = (&languages[0], &languages[1..]);
    let mut known: HashMap<(String, Lang), PageNo> = HashMap::new();
    for (i, page) in pages.iter().enumerate() {
        known.entry((page.id.clone(), page.lang.clone())).or_insert(i as PageNo);
    }
    for i in 0..pages.len() {
        let (id, is_main) = (pages[i].id.clone(), pages[i].lang == *main);
        let Origin::Authored(number) = pages[i].origin else { continue };
        for lang in others.iter().filter(|_| is_main && id != NOT_FOUND) {
            let own = known.get(&(id.clone(), lang.clone())).copied();
            // A translation that is still a draft is missing as yet; one that was withdrawn is not.
            let stands = |own: PageNo| !pages[own as usize].hidden || pages[own as usize].retired;
            if own.is_some_and(stands) {
                continue;
            }
            let page = &sources.pages[number as usize].page;
            let url = urls::of_id(&id, page.slug.as_deref(), lang, main);
            let url = url.unwrap_or_else(|_| format!("/{lang}/page-{i}/"));
            let node = Node { fallback: true, ..of_page(page, number, lang, url, setting) };
            match own {
                Some(own) => pages[own as usize] = node,
                None => {
                    known.insert((id.clone(), lang.clone()), pages.len() as PageNo);
                    pages.push(node);
                }
            }
        }
    }
    for page in pages.iter_mut() {
        let all = languages.iter().filter_map(|lang| known.get(&(page.id.clone(), lang.clone())).copied());
        page.translations = all.collect();
    }
    // What a translation does not say of its place, its source says.
    for i in 0..pages.len() {
        let source = pages[i].translations.first().copied().filter(|source| *source as usize != i);
        if let Some(source) = source.map(|source| &pages[source as usize]) {
            let source = source.clone();
            let own = &mut pages[i];
            own.weight = own.weight.or(source.weight);
            own.is_section |= source.is_section;
            // What is not to be read, or not to be found, is so in every language.
            own.hidden |= source.hidden;
            own.retired |= source.retired;
            own.noindex |= source.noindex;
            own.sitemap &= source.sitemap;
            own.a_z &= source.a_z;
            own.feed &= source.feed;
        }
    }
}

/// The page of that id in a language, or a new one.
fn page_for(pages: &mut Vec<Node>, id: &str, lang: &Lang, make: impl FnOnce() -> Node) -> usize {
    let authored = pages.iter().position(|page| page.id == id && page.lang == *lang);
    authored.unwrap_or_else(|| {
        pages.push(make());
        pages.len() - 1
    })
}

/// A node for each entry, and in each language a page for each data kind that has no authored one.
pub fn entries(
    sources: &Sources,
    setting: Setting,
    languages: &[Lang],
    pages: &mut Vec<Node>,
    findings: &mut Vec<Finding>,
) -> Vec<EntryNode> {
    let mut entries: Vec<EntryNode> = Vec::new();
    let main = &setting.site.language;
    for (kind, data) in setting.schema.data_kinds() {
        let Some((number, file)) = sources.data_of(&kind.name).find(|(_, file)| file.lang.is_none()) else { continue };
        let id = slug_path(&data.page);
        let shown: Vec<usize> = languages
            .iter()
            .map(|lang| {
                page_for(pages, &data.page, lang, || Node {
                    title: kind.title.clone(),
                    ..generated(&id, lang, main, Origin::Data(kind.name.clone()))
                })
            })
            .collect();
        let first = entries.len();
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
            let texts = languages.iter().zip(&shown).map(|(lang, page)| {
                let translated = sources.data_of(&kind.name).filter(|(_, file)| file.lang.as_ref() == Some(lang));
                let mut own = translated
                    .flat_map(|(number, file)| file.entries.iter().enumerate().map(move |(i, own)| (number, i, own)));
                let (number, i, own, lang) = match own.find(|(.., own)| own.id == entry.id) {
                    Some((number, i, own)) => (number, i, own, lang),
                    None => (number, i, entry, main),
                };
                let (title, title_lang) = if own.title.is_empty() { (&entry.title, main) } else { (&own.title, lang) };
                let typography = Typography::of(title_lang, setting.site.smart_punctuation);
                EntryText {
                    title: typography.line(title).into_owned(),
                    lang: lang.clone(),
                    page: *page as PageNo,
                    source: (number as u32, i as u32),
                    targets: Vec::new(),
                }
            });
            entries.push(EntryNode {
                kind: kind.name.clone(),
                id: entry.id.clone(),
                anchor,
                texts: texts.collect(),
                relations: Vec::new(),
                cited_on: Vec::new(),
                used_on: Vec::new(),
            });
        }
        for page in shown {
            pages[page].entries.extend(first as u32..entries.len() as u32);
        }
        for (_, translated) in sources.data_of(&kind.name).filter(|(_, file)| file.lang.is_some()) {
            findings.extend(orphans(kind, file, translated));
        }
    }
    entries
}

/// Finds translated entries that the file itself does not have.
fn orphans<'a>(kind: &'a Kind, file: &'a DataFile, translated: &'a DataFile) -> impl Iterator<Item = Finding> + 'a {
    let codes = || file.entries.iter().map(|entry| entry.id.as_str());
    translated.entries.iter().filter(move |entry| !codes().any(|code| code == entry.id)).map(move |entry| {
        let message = format!("there is no \"{}\" among the entries of \"{}\"", entry.id, kind.name);
        let help =
            did_you_mean(&entry.id, codes(), || format!("Write it into {} first, or remove it here.", file.path));
        Finding::new(Rule::TRANSLATIONS_ORPHAN, Place::span(&translated.path, entry.places.front), message, help)
    })
}

/// In each language the index from A to Z and the register of reviews, and a page for addresses that
/// lead nowhere. An authored page of that id shows the index below its text.
pub fn listings(sources: &Sources, setting: Setting, languages: &[Lang], pages: &mut Vec<Node>) {
    let main = &setting.site.language;
    let reviewed = |lang: &Lang| sources.pages.iter().any(|own| own.page.reviewable && own.page.lang == *lang);
    for lang in languages {
        let review = setting.site.review && reviewed(lang);
        let wanted = [
            (A_Z, Listing::AZ, setting.site.a_z),
            (REVIEW, Listing::Review, review),
            (SEARCH, Listing::Search, setting.site.search),
        ];
        for (id, listing, _) in wanted.into_iter().filter(|(.., wanted)| *wanted) {
            let page = page_for(pages, id, lang, || generated(id, lang, main, Origin::Listing));
            pages[page].listing = Some(listing);
            // A form is nothing to be found by another search.
            pages[page].sitemap &= listing != Listing::Search || matches!(pages[page].origin, Origin::Authored(_));
        }
    }
    if !pages.iter().any(|page| page.id == NOT_FOUND && page.lang == *main) {
        pages.push(generated(NOT_FOUND, main, main, Origin::NotFound));
    }
    // Pages that were generated in several languages are one page too.
    if languages.len() > 1 {
        let mut by_id: HashMap<String, Vec<PageNo>> = HashMap::new();
        for page in pages.iter().filter(|page| !matches!(page.origin, Origin::Authored(_))) {
            by_id.entry(page.id.clone()).or_default();
        }
        // In the order of the languages.
        for lang in languages {
            for (i, page) in pages.iter().enumerate().filter(|(_, page)| page.lang == *lang) {
                by_id.entry(page.id.clone()).and_modify(|all| all.push(i as PageNo));
            }
        }
        for all in by_id.into_values() {
            for page in &all {
                pages[*page as usize].translations = all.clone();
            }
        }
    }
}

fn slug_path(path: &str) -> String {
    path.split('/').map(slug).collect::<Vec<_>>().join("/")
}

/// Finds pages with one URL, and files whose names are too alike to live on every disk.
pub fn check_names(sources: &Sources, pages: &mut [Node], findings: &mut Vec<Finding>) {
    let mut folded: HashMap<String, &SitePath> = HashMap::new();
    let paths = sources.pages.iter().map(|page| &page.page.path).chain(sources.files.iter().map(|(path, _)| path));
    let mut clashing: Vec<&SitePath> = Vec::new();
    for path in paths {
        let fold = nfc(path).to_lowercase();
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
        let name = file.as_ref().map_or_else(
            || format!("the page \"{}\"", if page.title.is_empty() { &page.id } else { &page.title }),
            |file| format!("\"{file}\""),
        );
        match urls.get(&page.url) {
            None => drop(urls.insert(page.url.clone(), name)),
            Some(other) => {
                if page.fallback {
                    // Told of the page that it stands in for.
                } else if let Some(file) = &file
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

/// Whether a page is the first page of its language.
pub fn is_home(node: &Node) -> bool {
    node.id == HOME
}
