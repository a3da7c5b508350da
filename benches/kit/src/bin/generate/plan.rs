//! What the site is, before any text: every page's place, kind, title, headings and size. Links
//! and relations are drawn from this, so that each of them has a target.

use crate::Options;
use crate::rng::Rng;
use crate::words::{Words, gerund, plural};
use std::collections::HashSet;

/// A kind of the generated schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Problem,
    Remedy,
    Method,
    /// The home page and each folder's own page.
    Topic,
}

/// The top folders, in order, and the kind of the pages in each.
pub const FOLDERS: [(&str, Kind); 3] =
    [("problems", Kind::Problem), ("remedies", Kind::Remedy), ("methods", Kind::Method)];

/// One heading and its anchor.
pub struct Heading {
    pub level: usize,
    pub text: String,
    pub anchor: String,
}

/// One page, without its text.
pub struct Page {
    /// Path below `content/`.
    pub path: String,
    pub kind: Kind,
    pub title: String,
    pub also_known_as: Vec<String>,
    pub outline: Vec<Heading>,
    /// How long the body should be, about.
    pub bytes: usize,
}

impl Page {
    /// The page's id: its path without extension, a folder's page has the folder's.
    pub fn id(&self) -> &str {
        let id = self.path.strip_suffix(".md").unwrap_or(&self.path);
        id.strip_suffix("/index").unwrap_or(id)
    }

    /// The last part of the id, which no other page has: what a reference is written with.
    pub fn name(&self) -> &str {
        self.id().rsplit('/').next().unwrap_or_default()
    }
}

/// The whole site.
pub struct Plan {
    /// Section by section: each folder's page, then the pages in it. The first is the home page.
    pub pages: Vec<Page>,
    /// The page that many others link to.
    pub hub: usize,
    /// Which pages link to it.
    pub links_to_hub: Vec<bool>,
    /// Pages by kind, in the order of [`FOLDERS`], without folder pages and without the hub.
    pub by_kind: [Vec<usize>; 3],
}

impl Plan {
    pub fn new(options: &Options, words: &Words) -> Self {
        let mut rng = Rng::new(options.seed, u64::MAX);
        let mut names = Names::new(words);
        let sections = sections(options.pages, &mut rng, &mut names);
        let mut sizes = vec![0; sections.len()];
        for _ in sections.len() + 1..options.pages {
            sizes[rng.below(sections.len())] += 1;
        }

        let mut pages = vec![page("index.md".into(), Kind::Topic, "Home".into())];
        for (section, size) in sections.iter().zip(sizes) {
            let path = format!("{}/index.md", section.path);
            pages.push(page(path, Kind::Topic, section.title.clone()));
            for _ in 0..size {
                let (title, slug) = names.title(&mut rng);
                let path = format!("{}/{slug}.md", section.path);
                pages.push(page(path, section.kind, title));
            }
        }
        let mean = mean_body(options.short);
        for page in &mut pages {
            page.bytes = (rng.log_normal(mean, 0.8) as usize).clamp(150, 80_000);
            page.outline = outline(page.bytes, &mut rng, words);
            let others = [0, 0, 1, 1, 2][rng.below(5)];
            page.also_known_as = (0..others).map(|_| names.title(&mut rng).0).collect();
        }

        let ordinary = |kind| {
            let of_kind = |&at: &usize| pages[at].kind == kind;
            (0..pages.len()).filter(of_kind).collect::<Vec<_>>()
        };
        let mut by_kind = FOLDERS.map(|(_, kind)| ordinary(kind));
        let methods = &mut by_kind[2];
        let hub = methods.remove(methods.len() / 2);
        let links_to_hub = links_to_hub(pages.len(), hub, &mut rng);
        Self { pages, hub, links_to_hub, by_kind }
    }

    /// The pages of this kind that relations may go to.
    pub fn of_kind(&self, kind: Kind) -> &[usize] {
        let at = FOLDERS.iter().position(|(_, k)| *k == kind);
        at.map_or(&[], |at| &self.by_kind[at])
    }

    /// How many pages link to the hub.
    pub fn hub_backlinks(&self) -> usize {
        self.links_to_hub.iter().filter(|&&links| links).count()
    }
}

/// How many bytes a body has on average; the front matter comes to about 700 more.
pub fn mean_body(short: bool) -> f64 {
    if short { 250.0 } else { 3_190.0 }
}

fn page(path: String, kind: Kind, title: String) -> Page {
    Page { path, kind, title, also_known_as: Vec::new(), outline: Vec::new(), bytes: 0 }
}

/// A folder with pages.
struct Section {
    path: String,
    title: String,
    kind: Kind,
    depth: usize,
}

/// About one folder for 30 pages, up to three deep, each followed by the folders in it.
fn sections(pages: usize, rng: &mut Rng, names: &mut Names) -> Vec<Section> {
    let mut sections: Vec<Section> = FOLDERS
        .iter()
        .map(|(path, kind)| Section { path: path.to_string(), title: format!("All {path}"), kind: *kind, depth: 1 })
        .collect();
    while sections.len() + 1 < pages / 30 {
        // Few folders stand at the top; most are two or three deep.
        let parent = if rng.chance(0.15) { rng.below(FOLDERS.len()) } else { rng.below(sections.len()) };
        let parent = &sections[parent];
        if parent.depth == 3 {
            continue;
        }
        let (title, slug) = names.title(rng);
        sections.push(Section {
            path: format!("{}/{slug}", parent.path),
            title,
            kind: parent.kind,
            depth: parent.depth + 1,
        });
    }
    let top = |section: &Section| FOLDERS.iter().position(|(_, kind)| *kind == section.kind);
    sections.sort_by(|a, b| top(a).cmp(&top(b)).then_with(|| a.path.cmp(&b.path)));
    sections
}

/// Headings in order, no level skipped, no anchor twice: about one for 600 bytes.
fn outline(bytes: usize, rng: &mut Rng, words: &Words) -> Vec<Heading> {
    let mut seen = HashSet::new();
    let mut outline: Vec<Heading> = Vec::new();
    let wanted = (bytes + 300) / 600;
    while outline.len() < wanted {
        let noun = rng.pick(&words.nouns);
        let adjective = rng.pick(&words.adjectives);
        let verb = rng.pick(&words.verbs);
        let text = match rng.below(4) {
            0 => format!("How to {verb} the {noun}"),
            1 => format!("{} the {adjective} {noun}", gerund(verb)),
            2 => format!("The {adjective} {noun}"),
            _ => format!("{} that {verb}", plural(noun)),
        };
        let text = capital(&text);
        let anchor = slug(&text);
        if seen.insert(anchor.clone()) {
            let level = if outline.is_empty() || rng.chance(0.6) { 2 } else { 3 };
            outline.push(Heading { level, text, anchor });
        }
    }
    outline
}

/// Half the pages, at most 5,000, drawn at random.
fn links_to_hub(pages: usize, hub: usize, rng: &mut Rng) -> Vec<bool> {
    let mut others: Vec<usize> = (0..pages).filter(|&at| at != hub).collect();
    let mut links = vec![false; pages];
    for drawn in 0..(pages / 2).min(5_000) {
        let at = rng.between(drawn, others.len() - 1);
        others.swap(drawn, at);
        links[others[drawn]] = true;
    }
    links
}

/// Titles and other names, none of them twice.
struct Names<'a> {
    words: &'a Words,
    taken: HashSet<String>,
}

impl<'a> Names<'a> {
    fn new(words: &'a Words) -> Self {
        // "home" and the top folders have their own pages.
        let own = FOLDERS.iter().map(|(folder, _)| folder.to_string());
        Self { words, taken: own.chain(["home".to_string()]).collect() }
    }

    /// A new title and its slug.
    fn title(&mut self, rng: &mut Rng) -> (String, String) {
        loop {
            let Words { nouns, verbs, adjectives, .. } = self.words;
            let (noun, other) = (rng.pick(nouns), rng.pick(nouns));
            let (verb, adjective) = (rng.pick(verbs), rng.pick(adjectives));
            let title = match rng.below(4) {
                0 => format!("{} the {adjective} {noun}", gerund(verb)),
                1 => format!("{adjective} {} in the {other}", plural(noun)),
                2 => format!("The {adjective} {noun} by the {other}"),
                _ => format!("When {} {verb} the {other}", plural(noun)),
            };
            let title = capital(&title);
            let slug = slug(&title);
            if self.taken.insert(slug.clone()) {
                return (title, slug);
            }
        }
    }
}

/// The text with a capital at its start.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The address form of a text that holds only letters and spaces.
fn slug(text: &str) -> String {
    text.to_ascii_lowercase().replace(' ', "-")
}
