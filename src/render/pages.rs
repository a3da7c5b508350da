//! From the guide to finished pages: views, bodies, layout, each remembered by its inputs.

use super::{
    body::{self, Body},
    references,
    strings::Strings,
    templates::{Shared, Templates},
    viewer::Viewer,
    views::EntryView,
};
use crate::{
    assets::theme::Theme,
    base::{
        digest::Digest,
        finding::{Finding, Mark, Place},
        guard::guarded,
        lang::Lang,
        memo::Table,
        path::SitePath,
        rules::Rule,
    },
    load::{
        page::{Page, Parsed},
        sources::Sources,
    },
    resolve::{
        guide::{EntryNode, Guide, Node, Origin, PageNo},
        resolver::Setting,
        urls::NOT_FOUND,
    },
    settings::{
        schema::Schema,
        site::{self},
    },
    source::tree::Tree,
};
use bytes::Bytes;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A page as laid out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Laid {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length.
    pub len: u64,
    /// Its bytes; not kept between processes.
    #[serde(skip)]
    pub bytes: Option<Bytes>,
    /// What it refers to, as [`References::here`](super::references::References::here).
    pub references: Arc<[u64]>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// The step from the guide to finished pages, and everything that it takes.
#[derive(Debug)]
pub struct Render<'a> {
    /// The files, for the texts.
    pub tree: &'a Tree,
    /// What was read.
    pub sources: &'a Sources,
    /// The settings.
    pub setting: Setting<'a>,
    /// The guide.
    pub guide: &'a Guide,
    /// The theme.
    pub theme: &'a Theme,
    /// Remembered bodies, in a process that builds again.
    pub bodies: Option<&'a Table<SitePath, Arc<Body>>>,
    /// Remembered pages.
    pub layout: &'a Table<SitePath, Laid>,
    /// The digest of each kind.
    pub kinds: BTreeMap<&'a str, Digest>,
}

/// What rendering gives.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The pages by output path.
    pub pages: BTreeMap<SitePath, (PageNo, Laid)>,
    /// The pages that send readers of old addresses on: the old path, and the page.
    pub redirects: Vec<(String, String)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What all pages of one language share, in every form that it is needed in.
struct Common {
    strings: Strings,
    shared: Shared,
    /// The digest of the words of the interface.
    words: Digest,
    /// The digest of everything that all pages of the language share.
    digest: Digest,
}

impl Render<'_> {
    /// Lays out every page; those whose view did not change are remembered.
    pub fn pages(&self) -> Rendered {
        let (templates, mut findings) = Templates::new(self.theme);
        let Some(templates) = templates else {
            return Rendered { findings, ..Rendered::default() };
        };
        let viewer = self.viewer();
        let mut commons: BTreeMap<Lang, Common> = BTreeMap::new();
        for page in &self.guide.pages {
            if !commons.contains_key(&page.lang) {
                let (strings, troubles) = Strings::new(self.theme, &page.lang);
                findings.extend(troubles);
                let view = viewer.site(&page.lang, self.theme, &strings);
                let digest = Digest::join(&[Digest::of_value(&view), self.theme.digest]);
                let words = Digest::of_value(&strings.labels);
                commons.insert(page.lang.clone(), Common { strings, shared: Shared::new(&view), words, digest });
            }
        }
        let wanted = |(i, node): (usize, &Node)| (!node.hidden && !node.broken).then_some(i as PageNo);
        let numbers: Vec<PageNo> = self.guide.pages.iter().enumerate().filter_map(wanted).collect();
        let lay = |number: &PageNo| {
            let node = self.guide.page(*number);
            (node.output.clone(), (*number, self.page(*number, &viewer, &templates, &commons[&node.lang])))
        };
        let pages: BTreeMap<SitePath, (PageNo, Laid)> = numbers.par_iter().map(lay).collect();
        findings.extend(once(pages.values().flat_map(|(_, laid)| &laid.findings)));
        let main = commons.remove(&self.setting.site.language);
        let redirects =
            main.map(|common| self.redirects(&templates, &common.shared, &mut findings)).unwrap_or_default();
        Rendered { pages, redirects, findings }
    }

    fn redirects(&self, templates: &Templates, shared: &Shared, findings: &mut Vec<Finding>) -> Vec<(String, String)> {
        let site = self.setting.site;
        let mut pages = Vec::new();
        for redirect in &self.guide.redirects {
            let (href, absolute) = match redirect.to.starts_with('/') {
                true => (site.href(&redirect.to), site.absolute(&redirect.to)),
                false => (redirect.to.clone(), redirect.to.clone()),
            };
            match templates.redirect(shared, &redirect.from, &href, &absolute, &redirect.title) {
                Ok(html) => pages.push((redirect.from.clone(), html)),
                Err(finding) => findings.push(*finding),
            }
        }
        pages
    }

    fn viewer(&self) -> Viewer<'_> {
        let Setting { site, schema, today, .. } = self.setting;
        Viewer { site, schema, guide: self.guide, today }
    }

    fn page(&self, number: PageNo, viewer: &Viewer, templates: &Templates, common: &Common) -> Laid {
        let node = self.guide.page(number);
        let parsed = node.source(self.sources);
        let page = parsed.map(|parsed| &parsed.page);
        let kind = self.setting.schema.kind(&node.kind);
        let view = viewer.page(number, page, &common.strings);
        let template = template(node, page, self.setting.schema, templates, self.guide.home == Some(number));
        let placed = page.map_or(&[][..], |page| &page.placed);
        let written = || {
            let file = page.and_then(|page| self.tree.files.get(&page.path)).map(|file| file.digest);
            Digest::of_value(&(file, &node.targets, self.kinds[kind.name.as_str()], common.words))
        };
        let input = || {
            let entries = self.entries_digest(node, placed, viewer, &common.strings);
            Digest::of_value(&(Digest::of_value(&view), written(), common.digest, &template, entries))
        };
        self.layout.get(&node.output, input, || {
            let asked = match page {
                Some(page) if page.template.is_some() => Place::mark(&page.path, Mark::Field("template".into())),
                Some(page) => Place::file(&page.path),
                None => Place::file(&SitePath::from(site::FILE)),
            };
            let run = || {
                let body = self.body(node, parsed, written, &common.strings)?;
                let entries = |kind: &str| self.entries(kind, viewer, &common.strings);
                // Entries that the text places are not shown a second time at its end.
                let unplaced = |entry: &&u32| !placed.contains(&self.guide.entry(**entry).kind);
                let own = node.entries.iter().filter(unplaced).map(|entry| self.entry(*entry, viewer, &common.strings));
                let own: Vec<EntryView> = own.collect();
                let body = viewer.body(&view, kind, &body, &entries);
                templates.page(&template, &common.shared, &view, &body, &own, &asked)
            };
            let file = page.map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
            match guarded(&file, run) {
                Ok(Ok(html)) => finished(html, &file, &view.url),
                Ok(Err(finding)) | Err(finding) => unfinished(*finding),
            }
        })
    }

    fn body(
        &self,
        node: &Node,
        parsed: Option<&Parsed>,
        input: impl FnOnce() -> Digest,
        strings: &Strings,
    ) -> Result<Arc<Body>, Box<Finding>> {
        let Some(parsed) = parsed else { return Ok(Arc::default()) };
        let kind = self.setting.schema.kind(&node.kind);
        let path = &parsed.page.path;
        let bytes = match self.tree.files.get(path).map(|file| file.bytes()) {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => return Err(Box::new(Finding::unreadable(path, &error))),
            None => return Ok(Arc::default()),
        };
        let run = || {
            // The text was UTF-8 when it was parsed, and its digest says that it still is the same.
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            let text = text.get(parsed.body as usize..).unwrap_or_default();
            Arc::new(body::of_page(&parsed.page, text, &node.targets, kind, strings))
        };
        Ok(match self.bodies {
            Some(table) => table.get(&node.output, input, run),
            None => run(),
        })
    }

    /// The digest of all that the entries which a page shows have to say; `None` when it shows none.
    fn entries_digest(&self, node: &Node, placed: &[String], viewer: &Viewer, strings: &Strings) -> Option<Digest> {
        let shows_some = !node.entries.is_empty() || placed.iter().any(|name| self.setting.schema.is_data(name));
        shows_some.then(|| {
            let facts: Vec<Digest> = self.sources.data.iter().map(|file| file.facts).collect();
            let shown = (0u32..)
                .zip(&self.guide.entries)
                .filter(|(number, entry)| node.entries.contains(number) || placed.contains(&entry.kind));
            // Their fields follow from the data files; what else they show, from the view.
            let entries: Vec<_> =
                shown.map(|(number, entry)| (viewer.entry(number, &[], strings), &entry.targets)).collect();
            Digest::of_value(&(facts, entries, &self.setting.schema.kinds))
        })
    }

    /// The entries of a data kind, for a page that places them.
    fn entries(&self, kind: &str, viewer: &Viewer, strings: &Strings) -> Vec<EntryView> {
        let of_kind = |(_, entry): &(usize, &EntryNode)| entry.kind == kind;
        self.guide
            .entries
            .iter()
            .enumerate()
            .filter(of_kind)
            .map(|(i, _)| self.entry(i as u32, viewer, strings))
            .collect()
    }

    fn entry(&self, number: u32, viewer: &Viewer, strings: &Strings) -> EntryView {
        let entry = self.guide.entry(number);
        let source = &self.sources.data[entry.source.0 as usize].entries[entry.source.1 as usize];
        let kind = self.setting.schema.kind(&entry.kind);
        let fields = body::fields(&source.content, &entry.targets, kind, strings, &format!("{}-", entry.anchor));
        viewer.entry(number, &fields, strings)
    }
}

/// The template of a page: its own word, its kind's, one named after the kind, or the usual one
/// for what it is.
fn template(node: &Node, page: Option<&Page>, schema: &Schema, templates: &Templates, is_home: bool) -> String {
    let kind = schema.kind(&node.kind);
    if let Some(named) = page.and_then(|page| page.template.as_ref()).or(kind.template.as_ref()) {
        return if named.ends_with(".html") { named.clone() } else { format!("{named}.html") };
    }
    let of_kind = format!("{}.html", node.kind);
    let usual = match &node.origin {
        _ if node.id == NOT_FOUND => "404.html",
        _ if is_home => "home.html",
        Origin::Taxonomy(_) => "taxonomy.html",
        Origin::Term(..) => "term.html",
        _ if !node.entries.is_empty() => "entries.html",
        _ if node.is_section => "section.html",
        _ if templates.has(&of_kind) => &of_kind,
        _ => "page.html",
    };
    usual.into()
}

fn finished(html: String, file: &SitePath, url: &str) -> Laid {
    let references = references::read(&html);
    let finding = |address: &String| {
        let message = format!("the finished page {url} would load {address} from another host");
        let help = "Put the file into the theme or the site, and use its path.";
        Finding::new(Rule::PRIVACY_HOST, Place::file(file), message, help)
    };
    Laid {
        digest: Digest::of(html.as_bytes()),
        len: html.len() as u64,
        findings: references.loaded.iter().map(finding).collect(),
        references: references.here.into(),
        // Without its spare capacity: a thousand pages of it are megabytes.
        bytes: Some(html.into_bytes().into_boxed_slice().into()),
    }
}

/// A page that could not be laid out: nothing of it may be published.
fn unfinished(finding: Finding) -> Laid {
    Laid {
        digest: Digest::of(b""),
        len: 0,
        bytes: Some(Bytes::new()),
        references: Arc::from([]),
        findings: vec![finding],
    }
}

/// A fault of a template shows on every page: it is told once, with the number of further pages.
fn once<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Finding> {
    let mut seen: BTreeMap<(SitePath, String), (usize, usize)> = BTreeMap::new();
    let mut out: Vec<Finding> = Vec::new();
    for finding in findings {
        if finding.rule != Rule::READ_TEMPLATE {
            out.push(finding.clone());
            continue;
        }
        let key = (finding.place.file.clone(), format!("{:?}", finding.place.mark));
        match seen.get_mut(&key) {
            Some((_, more)) => *more += 1,
            None => {
                seen.insert(key, (out.len(), 0));
                out.push(finding.clone());
            }
        }
    }
    for (number, more) in seen.into_values().filter(|(_, more)| *more > 0) {
        out[number].message.push_str(&format!(" and on {more} more"));
    }
    out
}
