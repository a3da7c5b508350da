//! From the guide to finished pages: views, bodies, layout, each remembered by its inputs.

use super::{
    body::{self, Body, Component, Source},
    html::{Highlights, Kit},
    references,
    strings::Strings,
    templates::{Layout, Shared, Templates},
    viewer::Viewer,
    views::{EntryView, PieceView},
};
use crate::{
    assets::{
        gallery::{Gallery, Picture},
        theme::Theme,
    },
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
        expand::{Expanded, expand},
        glossary::Uses,
        page::{Page, Parsed},
        sources::Sources,
        typography::Typography,
    },
    resolve::{
        guide::{Guide, Listing, Node, Origin, PageNo},
        nodes::is_home,
        resolver::Setting,
        urls::{self, NOT_FOUND},
    },
    settings::{
        schema::{Kind, Schema},
        site::{self, Site},
    },
    source::tree::Tree,
};
use bytes::Bytes;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

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
    /// The pictures.
    pub gallery: &'a Gallery,
    /// Coloured code, where the site asks for it.
    pub highlights: Option<&'a Highlights>,
    /// Remembered bodies, in a process that builds again.
    pub bodies: Option<&'a Table<SitePath, Arc<Body>>>,
    /// Remembered pages.
    pub layout: &'a Table<SitePath, Laid>,
    /// The digest of each kind.
    pub kinds: BTreeMap<&'a str, Digest>,
    /// Counts the pages that are laid out.
    pub progress: &'a AtomicU32,
}

/// What rendering gives.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The pages by output path.
    pub pages: BTreeMap<SitePath, (PageNo, Laid)>,
    /// The pages at old addresses, which send readers on or say that nothing is there any more: the old
    /// path, and the page.
    pub redirects: Vec<(String, String)>,
    /// The copies of pages in Markdown: path and text.
    pub copies: Vec<(String, String)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What all pages of one language share, in every form that it is needed in.
struct Common<'a> {
    viewer: Viewer<'a>,
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
        let mut strings: BTreeMap<Lang, Strings> = BTreeMap::new();
        for page in &self.guide.pages {
            if !strings.contains_key(&page.lang) {
                let (own, troubles) = Strings::new(self.theme, &page.lang);
                findings.extend(troubles);
                strings.insert(page.lang.clone(), own);
            }
        }
        findings.extend(self.untranslated(&strings));
        let name = |(lang, own): (&Lang, &Strings)| (lang.clone(), own.get("language-name").to_string());
        let names: BTreeMap<Lang, String> = strings.iter().map(name).collect();
        let Render { gallery, highlights, .. } = *self;
        let kit = Kit { gallery, components: &self.theme.components, highlights };
        let Setting { site, schema, today, .. } = self.setting;
        let common = |(lang, strings)| {
            let viewer = Viewer {
                site,
                schema,
                guide: self.guide,
                sources: self.sources,
                today,
                lang,
                strings,
                names: &names,
                kit: &kit,
            };
            let view = viewer.site(self.theme);
            // JSON-LD says more of the site than the templates see of it.
            let linked = (site.json_ld, &site.title, &site.languages, &site.publisher, &site.base_url);
            let digest = Digest::of_value(&(&view, self.theme.digest, linked));
            let words = Digest::of_value(&strings.labels);
            (lang, Common { viewer, shared: Shared::new(&view), words, digest })
        };
        let commons: BTreeMap<&Lang, Common> = strings.iter().map(common).collect();
        let wanted = |(i, node): (usize, &Node)| (!node.hidden && !node.broken).then_some(i as PageNo);
        let numbers: Vec<PageNo> = self.guide.pages.iter().enumerate().filter_map(wanted).collect();
        let lay = |number: &PageNo| {
            let node = self.guide.page(*number);
            (node.output.clone(), (*number, self.page(*number, &templates, &commons[&node.lang])))
        };
        let pages: BTreeMap<SitePath, (PageNo, Laid)> = numbers.par_iter().map(lay).collect();
        findings.extend(once(pages.values().flat_map(|(_, laid)| &laid.findings)));
        let redirects = self.redirects(&templates, &commons, &mut findings);
        let copies = numbers.par_iter().filter_map(|number| self.copy(*number, &commons)).collect();
        Rendered { pages, redirects, copies, findings }
    }

    /// Finds words of the interface, and headings of the schema, that a language of the site lacks.
    fn untranslated(&self, strings: &BTreeMap<Lang, Strings>) -> Vec<Finding> {
        let languages = &self.guide.languages;
        let headings = headings(self.setting.schema, self.setting.site);
        let mut findings = Vec::new();
        for (i, lang) in languages.iter().enumerate() {
            let Some(own) = strings.get(lang) else { continue };
            // The headings of the schema are in the site's own language.
            let foreign = headings.iter().filter(|id| i > 0 && own.get(id).is_empty());
            let missing: Vec<&String> = own.missing.iter().chain(foreign).collect();
            if missing.is_empty() {
                continue;
            }
            let shown: Vec<&str> = missing.iter().take(8).map(|id| id.as_str()).collect();
            let more = if missing.len() > 8 { format!(" and {} more", missing.len() - 8) } else { String::new() };
            let message = format!("the language \"{lang}\" has no words for {}{more}", shown.join(", "));
            let theme = &self.setting.site.theme;
            let help = format!("Write them into themes/{theme}/strings/{lang}.ftl, one \"name = words\" a line.");
            let file = SitePath::from(site::FILE);
            let span = self.setting.site.language_spans.get(lang.tag());
            let place = span.map_or_else(|| Place::file(&file), |span| Place::span(&file, *span));
            findings.push(Finding::new(Rule::TRANSLATIONS_STRINGS, place, message, help));
        }
        findings
    }

    fn redirects(
        &self,
        templates: &Templates,
        commons: &BTreeMap<&Lang, Common>,
        findings: &mut Vec<Finding>,
    ) -> Vec<(String, String)> {
        let site = self.setting.site;
        let mut pages = Vec::new();
        let mut add = |from: &String, html: Result<String, Box<Finding>>| match html {
            Ok(html) => pages.push((from.clone(), html)),
            Err(finding) => findings.push(*finding),
        };
        for redirect in &self.guide.redirects {
            let (href, absolute) = match redirect.to.starts_with('/') {
                true => (site.href(&redirect.to), site.absolute(&redirect.to)),
                false => (redirect.to.clone(), redirect.to.clone()),
            };
            if let Some(common) = commons.get(&site.language) {
                add(
                    &redirect.from,
                    templates.redirect(&common.shared, &redirect.from, &href, &absolute, &redirect.title),
                );
            }
        }
        for gone in &self.guide.gone {
            if let Some(common) = commons.get(&gone.lang) {
                let to = gone.to.map(|page| common.viewer.link(page, false));
                add(&gone.url, templates.gone(&common.shared, &gone.url, to.as_ref()));
            }
        }
        pages
    }

    fn page(&self, number: PageNo, templates: &Templates, common: &Common) -> Laid {
        let node = self.guide.page(number);
        let viewer = &common.viewer;
        let parsed = node.source(self.sources);
        let page = parsed.map(|parsed| &parsed.page);
        let kind = self.setting.schema.kind(&node.kind);
        let view = viewer.page(number, page);
        let template = template(node, page, self.setting.schema, templates);
        let placed = page.map_or(&[][..], |page| &page.placed);
        let written = || self.written(node, parsed, kind, common);
        let input = || {
            let entries = self.entries_digest(node, placed, viewer);
            Digest::of_value(&(Digest::of_value(&view), written(), common.digest, &template, entries))
        };
        self.layout.get(&node.output, input, || {
            self.progress.fetch_add(1, Ordering::Relaxed);
            let asked = match page {
                Some(page) if page.template.is_some() => Place::mark(&page.path, Mark::Field("template".into())),
                Some(page) => Place::file(&page.path),
                None => Place::file(&SitePath::from(site::FILE)),
            };
            let run = || {
                let body = self.body(node, parsed, written, common)?;
                let entries = |kind: &str| self.entries(kind, viewer);
                // Entries that the text places are not shown a second time at its end.
                let unplaced = |entry: &&u32| !placed.contains(&self.guide.entry(**entry).kind);
                let own: Vec<EntryView> =
                    node.entries.iter().filter(unplaced).map(|entry| self.entry(*entry, viewer)).collect();
                let component = |component: &Component, pieces: Vec<PieceView>| {
                    templates.component(&common.shared, &view, component, &pieces, &asked)
                };
                let body = viewer.body(&view, kind, &body, &entries, &component)?;
                let linked_data = viewer.json_ld(node, page, &view);
                let layout = Layout { page: &view, body: &body, entries: &own, linked_data: &linked_data };
                templates.page(&template, &common.shared, &layout, &asked)
            };
            let file = page.map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
            match guarded(&file, run) {
                Ok(Ok(html)) => finished(html, &file, &view.url),
                Ok(Err(finding)) | Err(finding) => unfinished(*finding),
            }
        })
    }

    /// The digest of all that the body of a page is written from.
    fn written(&self, node: &Node, parsed: Option<&Parsed>, kind: &Kind, common: &Common) -> Digest {
        let file = parsed.and_then(|parsed| self.tree.files.get(&parsed.page.path)).map(|file| file.digest);
        let parts = parsed.filter(|parsed| parsed.includes).and(self.sources.parts.digest);
        let uses = parsed.map(|_| &self.uses(node).spans);
        let pictures = node.targets.iter().filter_map(|target| self.gallery.pictures.get(&target.href));
        let pictures: Vec<_> = pictures.map(Picture::key).collect();
        let source = self.translates(node);
        let source_file = source.and_then(|source| self.tree.files.get(&source.page(self.sources)?.path));
        let source = (source_file.map(|file| file.digest), source.map(|source| &source.targets));
        let targets = (&node.targets, &node.words, uses, pictures, &node.text_lang, source);
        let settings = (
            self.setting.site.smart_punctuation,
            self.highlights.is_some(),
            &self.theme.components,
            &self.gallery.sizes,
        );
        Digest::of_value(&(file, parts, targets, self.kinds[kind.name.as_str()], common.words, settings))
    }

    /// The page that a page translates.
    fn translates(&self, node: &Node) -> Option<&Node> {
        let source = node.translations.first().map(|source| self.guide.page(*source))?;
        (!node.fallback && source.lang != node.lang && source.kind == node.kind).then_some(source)
    }

    /// Where the text of a page uses words of the glossary.
    fn uses(&self, node: &Node) -> &Uses {
        static NONE: Uses = Uses { terms: Vec::new(), spans: Vec::new() };
        match node.origin {
            Origin::Authored(number) => self.sources.glossary.uses.get(number as usize).map_or(&NONE, |uses| uses),
            _ => &NONE,
        }
    }

    fn body(
        &self,
        node: &Node,
        parsed: Option<&Parsed>,
        input: impl FnOnce() -> Digest,
        common: &Common,
    ) -> Result<Arc<Body>, Box<Finding>> {
        let Some(parsed) = parsed else { return Ok(Arc::default()) };
        let kind = self.setting.schema.kind(&node.kind);
        let file = self.tree.files.get(&parsed.page.path);
        let run = |text: &Expanded| {
            let uses = &self.uses(node).spans;
            let translates = self.translates(node).and_then(|source| Some((source.page(self.sources)?, source)));
            let source = Source { page: &parsed.page, node, text: &text.text, uses, kind, translates };
            let Viewer { strings, kit, .. } = common.viewer;
            Arc::new(body::of_page(source, strings, self.setting.site.smart_punctuation, kit))
        };
        let Some(file) = file else { return Ok(Arc::default()) };
        let read = || file.bytes().map_err(|error| Box::new(Finding::unreadable(&parsed.page.path, &error)));
        match self.bodies {
            Some(table) => {
                let bytes = read()?;
                Ok(table.get(&node.output, input, || run(&self.expanded(parsed, &bytes))))
            }
            None => Ok(run(&self.expanded(parsed, &read()?))),
        }
    }

    /// The text of a page with everything in it that it includes.
    fn expanded<'t>(&self, parsed: &Parsed, bytes: &'t [u8]) -> Expanded<'t> {
        // The text was UTF-8 when it was parsed, and its digest says that it still is the same.
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let text = text.get(parsed.body as usize..).unwrap_or_default();
        expand(&parsed.page.path, text, parsed.body as usize, &self.sources.parts, &parsed.page.lang)
    }

    /// The copy of a page in Markdown, where the site asks for copies.
    fn copy(&self, number: PageNo, commons: &BTreeMap<&Lang, Common>) -> Option<(String, String)> {
        let node = self.guide.page(number);
        let parsed = node.source(self.sources).filter(|_| self.setting.site.markdown_copies && !node.fallback)?;
        let bytes = self.tree.files.get(&parsed.page.path)?.bytes().ok()?;
        let copy = commons[&node.lang].viewer.markdown_copy(number, &parsed.page, &self.expanded(parsed, &bytes));
        Some((urls::markdown(&node.url), copy))
    }

    /// The digest of all that the entries which a page shows have to say; `None` when it shows none.
    fn entries_digest(&self, node: &Node, placed: &[String], viewer: &Viewer) -> Option<Digest> {
        let shows_some = !node.entries.is_empty() || placed.iter().any(|name| self.setting.schema.is_data(name));
        shows_some.then(|| {
            let facts: Vec<Digest> = self.sources.data.iter().map(|file| file.facts).collect();
            let shown = (0u32..)
                .zip(&self.guide.entries)
                .filter(|(number, entry)| node.entries.contains(number) || placed.contains(&entry.kind));
            // Their fields follow from the data files; what else they show, from the view.
            let texts = |number| self.guide.entry_text(number, viewer.lang);
            let entries: Vec<_> =
                shown.map(|(number, _)| (viewer.entry(number, &[], &[]), &texts(number).targets)).collect();
            Digest::of_value(&(facts, entries, &self.setting.schema.kinds))
        })
    }

    /// The entries of a data kind, for a page that places them.
    fn entries(&self, kind: &str, viewer: &Viewer) -> Vec<EntryView> {
        let of_kind = (0u32..).zip(&self.guide.entries).filter(|(_, entry)| entry.kind == kind);
        of_kind.map(|(number, _)| self.entry(number, viewer)).collect()
    }

    fn entry(&self, number: u32, viewer: &Viewer) -> EntryView {
        let entry = self.guide.entry(number);
        let text = self.guide.entry_text(number, viewer.lang);
        let source = &self.sources.data[text.source.0 as usize].entries[text.source.1 as usize];
        let kind = self.setting.schema.kind(&entry.kind);
        let prefix = format!("{}-", entry.anchor);
        let typography = Typography::of(&text.lang, self.setting.site.smart_punctuation);
        let write = |content, targets, typography| {
            body::fields(content, targets, kind, viewer.strings, &prefix, typography, viewer.kit)
        };
        let fields = write(&source.content, &text.targets, typography);
        // What a translation does not say anew, the entry itself says.
        let main = &entry.texts[0];
        let rest = match main.source == text.source {
            true => Vec::new(),
            false => {
                let own = &self.sources.data[main.source.0 as usize].entries[main.source.1 as usize];
                let typography = Typography::of(&main.lang, self.setting.site.smart_punctuation);
                write(&own.content, &main.targets, typography)
            }
        };
        viewer.entry(number, &fields, &rest)
    }
}

/// The names under which a language has the headings of the schema and of the taxonomies.
fn headings(schema: &Schema, site: &Site) -> Vec<String> {
    let mut ids: Vec<String> = site.taxonomies.keys().map(|name| format!("taxonomy-{name}")).collect();
    for kind in schema.kinds.values().filter(|_| schema.declared) {
        if kind.folder.is_some() || kind.data.is_some() {
            ids.push(format!("kind-one-{}", kind.name));
        }
        if kind.data.is_some() {
            ids.push(format!("kind-{}", kind.name));
        }
        let headed = kind.fields.iter().filter(|field| field.heading.is_some());
        ids.extend(headed.map(|field| format!("field-{}-{}", kind.name, field.name)));
    }
    for relation in &schema.relations {
        let sides = std::iter::once(&relation.forward).chain(&relation.inverse);
        ids.extend(sides.map(|side| format!("relation-{}", side.name)));
    }
    ids
}

/// The template of a page: its own word, its kind's, one named after the kind, or the usual one
/// for what it is.
fn template(node: &Node, page: Option<&Page>, schema: &Schema, templates: &Templates) -> String {
    let kind = schema.kind(&node.kind);
    if let Some(named) = page.and_then(|page| page.template.as_ref()).or(kind.template.as_ref()) {
        return if named.ends_with(".html") { named.clone() } else { format!("{named}.html") };
    }
    let of_kind = format!("{}.html", node.kind);
    let usual = match &node.origin {
        _ if node.id == NOT_FOUND => "404.html",
        _ if is_home(node) => "home.html",
        _ if node.listing == Some(Listing::AZ) => "a-z.html",
        _ if node.listing == Some(Listing::Review) => "review.html",
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
