//! Where each link leads. Every link is found, or is a finding.

use super::{
    guide::{EntryNode, Node, State, Target, Thing, counterpart},
    ids::{Found, Index},
    urls,
};
use crate::{
    base::{
        lang::Lang,
        path::{SitePath, nfc},
        rules::Rule,
    },
    load::{
        content::{Heading, Link},
        markdown::LinkKind,
    },
    settings::{schema::Schema, site::Site},
};
use rustc_hash::FxHashMap;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// The endings of pictures that pages can show.
const PICTURES: [&str; 6] = ["jpg", "jpeg", "png", "gif", "webp", "svg"];

/// What links are looked up in.
#[derive(Debug)]
pub struct Lookup<'a> {
    /// The settings.
    pub site: &'a Site,
    /// The schema.
    pub schema: &'a Schema,
    /// The pages; their links are being resolved now.
    pub pages: &'a [Arc<Node>],
    /// The entries.
    pub entries: &'a [EntryNode],
    /// The names.
    pub index: &'a Index,
    /// The headings and block ids of the page of that number.
    pub anchors: Vec<Anchors<'a>>,
    /// The page of each Markdown file, its name in the form that keyboards write (NFC).
    pub sources: FxHashMap<String, u32>,
    /// The files beside pages and in static/, by their output path, with their lengths.
    pub files: BTreeMap<SitePath, (&'a SitePath, u64)>,
    /// The languages, the site's own first.
    pub languages: &'a [Lang],
}

/// What a link to a part of a page may name.
#[derive(Debug, Clone, Default)]
pub struct Anchors<'a> {
    /// The headings of the text.
    pub headings: &'a [Heading],
    /// The ids of blocks.
    pub blocks: &'a [String],
    /// The ids of the entries that the page shows.
    pub entries: Vec<&'a str>,
}

/// Why a link leads nowhere. The nearest right word is looked for later and not for every link.
#[derive(Debug, PartialEq)]
pub struct Problem {
    /// The rule that it breaks.
    pub rule: Rule,
    /// In plain words.
    pub message: String,
    /// The word to find a near one for, and among what.
    pub near: Option<(String, Pool)>,
    /// The remedy when nothing is near.
    pub help: String,
}

/// Among what to look for the word that was meant.
#[derive(Debug, PartialEq)]
pub enum Pool {
    /// Every id.
    Ids,
    /// The codes of citable entries.
    Citable,
    /// These words.
    Words(Vec<String>),
}

/// The writer of a link: its file (for relative links), its page, its language.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The file.
    pub file: &'a SitePath,
    /// The page that the link will stand on.
    pub page: u32,
    /// The language of its page, whose readers stay in it.
    pub lang: &'a Lang,
    /// The language that it is written in.
    pub text: &'a Lang,
}

impl<'a> Lookup<'a> {
    /// Resolves one link.
    pub fn resolve(&self, writer: Writer, link: &Link) -> (Target, Option<Problem>) {
        let target = link.target.as_str();
        let result = match link.kind {
            LinkKind::External => Ok(elsewhere(target)),
            LinkKind::Unsafe | LinkKind::Undefined => Ok(Target::dead()),
            LinkKind::Wiki => self.wiki(writer, target),
            LinkKind::Citation => self.citation(writer, target),
            LinkKind::Source => self.source(writer, target),
            LinkKind::Reference => self.reference(writer, target, link.wanted.as_deref()),
            LinkKind::Anchor => self.to_page(writer.page, target.strip_prefix('#'), writer),
            LinkKind::Rooted => self.rooted(writer, target),
            LinkKind::Relative => self.relative(writer, target),
            LinkKind::Image => self.image(writer, target),
        };
        // Only links that may have no words of their own are ever called by what they lead to.
        let nameless = matches!(link.kind, LinkKind::Wiki | LinkKind::Reference);
        match result {
            Ok(target) if !nameless => (Target { title: String::new(), lang: None, ..target }, None),
            Ok(target) => (target, None),
            Err(problem) => (Target::dead(), Some(*problem)),
        }
    }

    /// The kind of a thing.
    pub fn kind(&self, thing: Thing) -> &'a str {
        match thing {
            Thing::Page(page) => &self.pages[page as usize].kind,
            Thing::Entry(entry) => &self.entries[entry as usize].kind,
        }
    }

    /// What a thing is called in a language.
    pub fn title(&self, thing: Thing, lang: &Lang) -> &'a str {
        match thing {
            Thing::Page(page) => &self.pages[page as usize].title,
            Thing::Entry(entry) => {
                let texts = &self.entries[entry as usize].texts;
                &texts[self.language(lang).min(texts.len() - 1)].title
            }
        }
    }

    /// The number of a language; the site's own for one that it does not have.
    fn language(&self, lang: &Lang) -> usize {
        self.languages.iter().position(|own| own == lang).unwrap_or(0)
    }

    /// A reference to a page or entry, split from its heading: `cost-and-cover#help`.
    ///
    /// # Errors
    /// The problem, when nothing or too much fits.
    pub fn find(&self, name: &str, lang: &Lang, kinds: impl Fn(&str) -> bool) -> Result<Thing, Box<Problem>> {
        match self.index.find(name, lang, self.pages, self.entries, kinds) {
            Found::One(thing) => Ok(thing),
            Found::Many(names) => Err(ambiguous(name, &names)),
            Found::None => Err(Box::new(Problem {
                rule: Rule::LINKS_DEAD,
                message: format!("there is no page \"{name}\""),
                near: Some((name.into(), Pool::Ids)),
                help: "Write the path of the page below content/, without .md, or its last part.".into(),
            })),
        }
    }

    fn wiki(&self, writer: Writer, target: &str) -> Result<Target, Box<Problem>> {
        let (name, anchor) = split_anchor(target);
        if name.is_empty() {
            return self.to_page(writer.page, anchor, writer);
        }
        match self.index.find_by_name(name, writer.lang, self.pages, self.entries) {
            Found::One(thing) => self.to_thing(thing, anchor, writer),
            Found::Many(names) => Err(ambiguous(name, &names)),
            Found::None => Err(Box::new(Problem {
                rule: Rule::LINKS_DEAD,
                message: format!("there is no page \"{name}\""),
                near: Some((name.into(), Pool::Ids)),
                help: "Between [[ and ]] stands the path of a page, its title, or one of its other names.".into(),
            })),
        }
    }

    fn reference(&self, writer: Writer, target: &str, wanted: Option<&str>) -> Result<Target, Box<Problem>> {
        let (name, anchor) = split_anchor(target);
        let thing = self.find(name, writer.lang, |kind| wanted.is_none_or(|wanted| wanted == kind))?;
        let kind = self.kind(thing);
        if let Some(wanted) = wanted.filter(|wanted| *wanted != kind) {
            return Err(Box::new(Problem {
                rule: Rule::FIELDS_VALUE,
                message: format!("\"{name}\" is of the kind \"{kind}\""),
                near: None,
                help: format!("This field leads to the kind \"{wanted}\" only."),
            }));
        }
        self.to_thing(thing, anchor, writer)
    }

    fn source(&self, writer: Writer, code: &str) -> Result<Target, Box<Problem>> {
        match self.index.entry(code, self.entries, |kind| self.schema.is_citable(kind)) {
            Some(thing) => Ok(self.here(thing, None, writer)),
            None => Err(no_source(code)),
        }
    }

    /// `[word]` is a citation when a source has that code, a mistake when it looks like the code
    /// of one (letters, then digits), and else a word in brackets.
    fn citation(&self, writer: Writer, code: &str) -> Result<Target, Box<Problem>> {
        if let Some(thing) = self.index.entry(code, self.entries, |kind| self.schema.is_citable(kind)) {
            return Ok(self.here(thing, None, writer));
        }
        let digits = code.trim_start_matches(|c: char| c.is_alphabetic());
        let like_code = digits.len() < code.len() && digits.starts_with(|c: char| c.is_ascii_digit());
        let some = self.entries.iter().any(|entry| self.schema.is_citable(&entry.kind));
        match like_code && some && code.starts_with(char::is_uppercase) {
            true => Err(no_source(code)),
            false => Ok(Target { state: State::Word, ..Target::dead() }),
        }
    }

    fn rooted(&self, writer: Writer, target: &str) -> Result<Target, Box<Problem>> {
        let (path, anchor) = split_anchor(target);
        let path = urls::decode(path);
        if let Some(page) = self.index.page_at(&path).or_else(|| self.index.page_at(&format!("{path}/"))) {
            return self.to_page(page, anchor, writer);
        }
        if self.files.contains_key(path.trim_start_matches('/')) {
            return Ok(self.file(path.trim_start_matches('/'), anchor));
        }
        Err(Box::new(Problem {
            rule: Rule::LINKS_DEAD,
            message: format!("nothing of this site is at {path}"),
            near: Some((path.clone(), Pool::Ids)),
            help: "Write the path as it stands in the address of the page, from the first slash on.".into(),
        }))
    }

    fn relative(&self, writer: Writer, target: &str) -> Result<Target, Box<Problem>> {
        let (path, anchor) = split_anchor(target);
        let path = urls::decode(path.split('?').next().unwrap_or(path));
        let missing = |rule, what: &str| {
            Box::new(Problem {
                rule,
                message: format!("there is no {what} \"{path}\" beside this one"),
                near: Some(match what {
                    "file" => (path.rsplit('/').next().unwrap_or(&path).into(), self.beside(writer.file)),
                    _ => (path.clone(), Pool::Ids),
                }),
                help: "Write the path from the folder of this file, like ../other-part/page.md.".into(),
            })
        };
        let Some(file) = writer.file.beside(&path) else {
            let help = "Links stay inside the site. To lead elsewhere, begin with https://.";
            let message = format!("\"{path}\" leads out of the site");
            return Err(Box::new(Problem { rule: Rule::LINKS_DEAD, message, near: None, help: help.into() }));
        };
        let file = match nfc(&file) {
            Cow::Borrowed(_) => file,
            Cow::Owned(name) => SitePath::from(name),
        };
        let page = self.sources.get(&*file).or_else(|| {
            let names = [format!("{file}.md"), format!("{file}/index.md")];
            names.iter().find_map(|name| self.sources.get(name.as_str()))
        });
        if let Some(page) = page {
            // A translation keeps the links of its source, and its readers stay in their language.
            return self.to_page(counterpart(self.pages, *page, writer.lang), anchor, writer);
        }
        let output = urls::of_file(&file);
        if let Some((output, (source, _))) = self.files.get_key_value(&output)
            && *nfc(source) == *file
        {
            return Ok(self.file(output, anchor));
        }
        match file.extension() {
            "" | "md" => Err(missing(Rule::LINKS_DEAD, "page")),
            _ => Err(missing(Rule::LINKS_ASSET, "file")),
        }
    }

    fn image(&self, writer: Writer, target: &str) -> Result<Target, Box<Problem>> {
        let target = target.split(['?', '#']).next().unwrap_or(target);
        let decoded = urls::decode(target);
        let output = match decoded.strip_prefix('/') {
            Some(rooted) => Some(SitePath::from(rooted)),
            None => writer.file.beside(&decoded).map(|file| urls::of_file(&file)),
        };
        match output.filter(|output| self.files.contains_key(output)) {
            Some(output) if !PICTURES.iter().any(|own| output.extension().eq_ignore_ascii_case(own)) => {
                Err(Box::new(Problem {
                    rule: Rule::LINKS_ASSET,
                    message: format!("\"{decoded}\" is no picture that a page can show"),
                    near: None,
                    help: "Show a JPEG, PNG, GIF, WebP or SVG picture; to a file of another kind lead with a link, without the \"!\".".into(),
                }))
            }
            Some(output) => Ok(self.file(&output, None)),
            None => Err(Box::new(Problem {
                rule: Rule::LINKS_ASSET,
                message: format!("there is no picture \"{decoded}\" beside this page"),
                near: decoded.rsplit('/').next().map(|word| (word.into(), self.beside(writer.file))),
                help: "Put the picture into the folder of this page, and write its file name.".into(),
            })),
        }
    }

    /// The files in the folder of a file.
    fn beside(&self, file: &SitePath) -> Pool {
        let near = self.files.values().map(|(path, _)| path).filter(|other| other.folder() == file.folder());
        Pool::Words(near.map(|other| other.name().to_string()).collect())
    }

    fn to_thing(&self, thing: Thing, anchor: Option<&str>, writer: Writer) -> Result<Target, Box<Problem>> {
        match thing {
            Thing::Page(page) => self.to_page(page, anchor, writer),
            Thing::Entry(_) => Ok(self.here(thing, None, writer)),
        }
    }

    fn to_page(&self, page: u32, anchor: Option<&str>, writer: Writer) -> Result<Target, Box<Problem>> {
        let node = &self.pages[page as usize];
        if node.hidden && page != writer.page {
            return Err(unpublished(node));
        }
        if node.broken {
            return Ok(self.here(Thing::Page(page), None, writer));
        }
        if let Some(anchor) = anchor
            && let Err(problem) = self.check_anchor(page, anchor)
        {
            // The heading may be named as the page calls it that this one translates.
            let own = self.translated_anchor(page, anchor).ok_or(problem)?;
            return Ok(self.here(Thing::Page(page), own, writer));
        }
        Ok(self.here(Thing::Page(page), anchor, writer))
    }

    /// The heading of a translation in the place of one that its source has; the page itself where the
    /// two are not built alike. `None` when the source has no such heading either.
    fn translated_anchor(&self, page: u32, anchor: &str) -> Option<Option<&'a str>> {
        let source = *self.pages[page as usize].translations.first().filter(|source| **source != page)?;
        self.check_anchor(source, anchor).ok()?;
        let (theirs, own) = (self.anchors[source as usize].headings, self.anchors[page as usize].headings);
        let place = theirs.iter().position(|heading| heading.id == anchor);
        Some(place.filter(|_| theirs.len() == own.len()).map(|place| own[place].id.as_str()))
    }

    /// Whether a page has a heading or block of that id.
    ///
    /// # Errors
    /// The problem, when it has not.
    pub fn check_anchor(&self, page: u32, anchor: &str) -> Result<(), Box<Problem>> {
        let anchors = &self.anchors[page as usize];
        let node = &self.pages[page as usize];
        let known = || {
            let headings = anchors.headings.iter().map(|heading| heading.id.as_str());
            headings.chain(anchors.blocks.iter().map(String::as_str)).chain(anchors.entries.iter().copied())
        };
        // A page that could not be read has one finding already.
        if anchor.is_empty() || node.hidden || node.broken || known().any(|id| id == anchor) {
            return Ok(());
        }
        let names: Vec<String> = known().map(String::from).collect();
        let help = match names.is_empty() {
            true => "It has no headings. Take the part from # on away.".into(),
            false => format!("Its headings are {}.", names.join(", ")),
        };
        Err(Box::new(Problem {
            rule: Rule::LINKS_ANCHOR,
            message: format!("\"{}\" has no heading \"{anchor}\"", node.title),
            near: Some((anchor.into(), Pool::Words(names))),
            help,
        }))
    }

    /// A target that is there.
    pub fn here(&self, thing: Thing, anchor: Option<&str>, writer: Writer) -> Target {
        let (page, fragment, title, lang) = match thing {
            Thing::Page(number) => {
                let node = &self.pages[number as usize];
                let headings = self.anchors[number as usize].headings;
                let heading = anchor.and_then(|anchor| headings.iter().find(|heading| heading.id == anchor));
                (number, anchor, heading.map_or(&node.title, |heading| &heading.text), &node.text_lang)
            }
            Thing::Entry(number) => {
                let entry = &self.entries[number as usize];
                let text = &entry.texts[self.language(writer.lang).min(entry.texts.len() - 1)];
                (text.page, Some(entry.anchor.as_str()), &text.title, &text.lang)
            }
        };
        let url = self.site.href(&self.pages[page as usize].url);
        let href = match fragment {
            Some(fragment) if !fragment.is_empty() => format!("{url}#{}", urls::encode(fragment)),
            _ => url,
        };
        let lang = (lang != writer.text).then(|| lang.clone());
        Target { href, title: title.clone(), lang, state: State::Here, thing: Some(thing), len: None }
    }

    fn file(&self, output: &str, anchor: Option<&str>) -> Target {
        let url = self.site.href(&urls::encode(output));
        let href = anchor.map_or(url.clone(), |anchor| format!("{url}#{}", urls::encode(anchor)));
        let len = self.files.get(output).map(|(_, len)| *len);
        Target { href, title: String::new(), lang: None, state: State::Here, thing: None, len }
    }
}

/// Splits `page#heading`.
pub fn split_anchor(target: &str) -> (&str, Option<&str>) {
    match target.split_once('#') {
        Some((name, anchor)) => (name.trim(), Some(anchor.trim())),
        None => (target.trim(), None),
    }
}

/// The problem of a reference to a page that is not published.
pub fn unpublished(node: &Node) -> Box<Problem> {
    let id = &node.id;
    let (message, help) = match node.retired {
        true => (format!("\"{id}\" was withdrawn"), "Take the link out, or link to what stands in its place."),
        false => {
            let help = "Take the link out until that page is live, or see its status and dates.";
            (format!("\"{id}\" is not published"), help)
        }
    };
    Box::new(Problem { rule: Rule::LINKS_UNPUBLISHED, message, near: None, help: help.into() })
}

fn ambiguous(name: &str, names: &[String]) -> Box<Problem> {
    Box::new(Problem {
        rule: Rule::LINKS_AMBIGUOUS,
        message: format!("\"{name}\" fits {} pages", names.len()),
        near: None,
        help: format!("Write which one: {}.", names.join(", ")),
    })
}

fn no_source(code: &str) -> Box<Problem> {
    Box::new(Problem {
        rule: Rule::LINKS_CITATION,
        message: format!("there is no source \"{code}\""),
        near: Some((code.into(), Pool::Citable)),
        help: "Add it to the file of sources in content/_data/, or correct the code.".into(),
    })
}

fn elsewhere(target: &str) -> Target {
    Target { href: target.into(), title: String::new(), lang: None, state: State::Elsewhere, thing: None, len: None }
}
