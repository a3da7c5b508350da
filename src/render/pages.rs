//! From the guide to finished pages: views, bodies, layout, each remembered by its inputs.

use super::{
    body::{self, Body, Component, Source},
    html::{Highlights, Kit},
    linked_data::policy_source,
    reads::{Notes, Reading},
    rendered::{Laid, Rendered, Scope, Words, finished, unfinished},
    strings::Strings,
    templates::{Layout, Shared, Templates},
    untranslated, urgent,
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
        site,
    },
    source::tree::Tree,
};
use bytes::Bytes;
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

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
    /// Remembered pages.
    pub layout: &'a Table<SitePath, Laid>,
    /// The digest of each kind.
    pub kinds: BTreeMap<&'a str, Digest>,
    /// The remembered templates and words of the theme.
    pub words: &'a Table<(), Arc<Words>>,
    /// Counts the pages that are laid out.
    pub progress: &'a AtomicU32,
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
    /// Lays out the pages of a scope; those whose view did not change are remembered.
    pub fn pages(&self, scope: Scope) -> Rendered {
        let words = self.words.get(
            &(),
            || Digest::of_value(&(self.theme.digest, &self.guide.spoken)),
            || Arc::new(Words::new(self.theme, &self.guide.spoken)),
        );
        let mut findings = words.findings.clone();
        let strings = &words.strings;
        findings.extend(untranslated::check(self.setting, self.guide, strings));
        let Some(templates) = &words.templates else {
            return Rendered { findings, ..Rendered::default() };
        };
        let name = |(lang, own): (&Lang, &Strings)| (lang.clone(), own.get("language-name").to_string());
        let names: BTreeMap<Lang, String> = strings.iter().map(name).collect();
        let Render { gallery, highlights, .. } = *self;
        let kit = Kit { gallery, components: &self.theme.components, highlights };
        let Setting { site, schema, today, .. } = self.setting;
        let mut common = |(lang, strings)| {
            let viewer = Viewer {
                site,
                schema,
                guide: Reading::new(self.guide),
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
            let (shared, faults) = templates.shared(&view);
            findings.extend(faults);
            (lang, Common { viewer, shared, words, digest })
        };
        let commons: BTreeMap<&Lang, Common> = strings.iter().map(&mut common).collect();
        let digests: BTreeMap<Lang, Digest> =
            commons.iter().map(|(lang, common)| ((*lang).clone(), common.digest)).collect();
        let is_shown = |number: &PageNo| {
            let node = self.guide.page(*number);
            !node.hidden && !node.broken
        };
        let (numbers, mut rendered): (Vec<PageNo>, _) = match scope {
            Scope::Only(pages, before) => (pages.iter().copied().filter(is_shown).collect(), before.clone()),
            Scope::Since(changed, before) if before.commons == digests => {
                let touched = before.pages.values().filter(|(_, laid)| changed.touches(&laid.reads));
                let can_wait = |(number, laid): &&(PageNo, Laid)| changed.can_wait(*number, &laid.reads);
                let (waiting, now): (Vec<_>, Vec<_>) = touched.partition(can_wait);
                let mut before = before.clone();
                before.owed.extend(waiting.iter().map(|(number, _)| *number));
                (now.iter().map(|(number, _)| *number).collect(), before)
            }
            _ => ((0..self.guide.pages.len() as PageNo).filter(is_shown).collect(), Rendered::default()),
        };
        let lay = |number: &PageNo| {
            let node = self.guide.page(*number);
            (node.output.clone(), (*number, self.page(*number, templates, &commons[&node.lang])))
        };
        let laid: Vec<_> = match numbers.len() {
            0..4 => numbers.iter().map(lay).collect(),
            _ => numbers.par_iter().map(lay).collect(),
        };
        for (path, laid) in laid {
            match laid.1.findings.is_empty() {
                true => rendered.noisy.remove(&path),
                false => rendered.noisy.insert(path.clone()),
            };
            rendered.owed.remove(&laid.0);
            rendered.pages.insert(path, laid);
        }
        rendered.commons = digests;
        if !matches!(scope, Scope::Only(..)) {
            rendered.redirects = self.redirects(templates, &commons, &mut findings).into();
            rendered.findings = findings;
        }
        let copies: Vec<_> = numbers.par_iter().filter_map(|number| self.copy(*number, &commons)).collect();
        for copy in copies {
            match copy {
                Ok((path, copy)) => drop(rendered.copies.insert(path, copy)),
                Err(finding) => rendered.findings.push(*finding),
            }
        }
        rendered
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
        let notes = Notes::default();
        let viewer = &Viewer { guide: common.viewer.guide.noting(&notes), ..common.viewer };
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
        if let Some(source) = node.translations.first() {
            // What a translation does not say anew is written from there.
            viewer.guide.page(*source);
        }
        let laid = self.layout.get(&node.output, input, || {
            self.progress.fetch_add(1, Ordering::Relaxed);
            let asked = match page {
                Some(page) if page.template.is_some() => Place::mark(&page.path, Mark::Field("template".into())),
                Some(page) => Place::file(&page.path),
                None => Place::file(&SitePath::from(site::FILE)),
            };
            let run = || {
                let body = self.body(node, parsed, common)?;
                let entries = |kind: &str| self.entries(kind, viewer);
                // Entries that the text places are not shown a second time at its end.
                let unplaced = |entry: &&u32| !placed.contains(&self.guide.entry(**entry).kind);
                let own = self.grouped(node.entries.iter().filter(unplaced).copied().collect(), viewer);
                let component = |component: &Component, pieces: Vec<PieceView>| {
                    templates.component(&common.shared, &view, component, &pieces, &asked)
                };
                let body = viewer.body(&view, kind, &body, &entries, &component)?;
                let linked_data = viewer.json_ld(node, page, &view);
                let linked_data_hash = policy_source(&linked_data);
                let layout = Layout {
                    page: &view,
                    body: &body,
                    entries: &own,
                    linked_data: &linked_data,
                    linked_data_hash: &linked_data_hash,
                };
                templates.page(&template, &common.shared, &layout, &asked)
            };
            let file = page.map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
            match guarded(&file, run) {
                Ok(Ok(html)) => {
                    let missing = urgent::missing(&view, &html).then(|| urgent::finding(&file, &view));
                    let mut laid = finished(html, &file, &view.url);
                    laid.findings.extend(missing);
                    laid.searchable = viewer.searchable(node, page, &view, laid.bytes.as_deref());
                    laid
                }
                Ok(Err(finding)) | Err(finding) => unfinished(*finding),
            }
        });
        Laid { reads: notes.done().into(), ..laid }
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
        static NONE: Uses = Uses { terms: Vec::new(), spans: Vec::new(), is_passing: false };
        match node.origin {
            Origin::Authored(number) => self.sources.glossary.uses.get(number as usize).map_or(&NONE, |uses| uses),
            _ => &NONE,
        }
    }

    fn body(&self, node: &Node, parsed: Option<&Parsed>, common: &Common) -> Result<Body, Box<Finding>> {
        let Some(parsed) = parsed else { return Ok(Body::default()) };
        let Some(file) = self.tree.files.get(&parsed.page.path) else { return Ok(Body::default()) };
        let bytes = file.bytes().map_err(|error| Box::new(Finding::unreadable(&parsed.page.path, &error)))?;
        let text = self.expanded(parsed, &bytes);
        let uses = &self.uses(node).spans;
        let translates = self.translates(node).and_then(|source| Some((source.page(self.sources)?, source)));
        let kind = self.setting.schema.kind(&node.kind);
        let source = Source { page: &parsed.page, node, text: &text.text, uses, kind, translates };
        let Viewer { strings, kit, .. } = common.viewer;
        Ok(body::of_page(source, strings, self.setting.site.smart_punctuation, kit))
    }

    /// The text of a page with everything in it that it includes.
    fn expanded<'t>(&self, parsed: &Parsed, bytes: &'t [u8]) -> Expanded<'t> {
        // The text was UTF-8 when it was parsed, and its digest says that it still is the same.
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let text = text.get(parsed.body as usize..).unwrap_or_default();
        expand(&parsed.page.path, text, parsed.body as usize, &self.sources.parts, &parsed.page.lang)
    }

    /// The copy of a page in Markdown, where the site asks for copies.
    fn copy(
        &self,
        number: PageNo,
        commons: &BTreeMap<&Lang, Common>,
    ) -> Option<Result<(SitePath, Bytes), Box<Finding>>> {
        let node = self.guide.page(number);
        let parsed = node.source(self.sources).filter(|_| self.setting.site.markdown_copies && !node.fallback)?;
        let bytes = match self.tree.files.get(&parsed.page.path)?.bytes() {
            Ok(bytes) => bytes,
            Err(error) => return Some(Err(Box::new(Finding::unreadable(&parsed.page.path, &error)))),
        };
        let copy = commons[&node.lang].viewer.markdown_copy(number, &parsed.page, &self.expanded(parsed, &bytes));
        Some(Ok((urls::markdown(&node.url).trim_start_matches('/').into(), copy.into())))
    }

    /// The digest of all that the entries which a page shows have to say; `None` when it shows none.
    fn entries_digest(&self, node: &Node, placed: &[String], viewer: &Viewer) -> Option<Digest> {
        let shows_some = !node.entries.is_empty() || placed.iter().any(|name| self.setting.schema.is_data(name));
        shows_some.then(|| {
            let facts: Vec<Digest> = self.sources.data.iter().map(|file| file.facts).collect();
            let shown = (0u32..)
                .zip(self.guide.entries.iter())
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
        let of_kind = (0u32..).zip(self.guide.entries.iter()).filter(|(_, entry)| entry.kind == kind);
        self.grouped(of_kind.map(|(number, _)| number).collect(), viewer)
    }

    /// Entries as their kind groups them: the groups in the order in which each first occurs.
    fn grouped(&self, mut numbers: Vec<u32>, viewer: &Viewer) -> Vec<EntryView> {
        numbers.sort_by_key(|number| viewer.place(*number));
        // What belongs to no group comes first: it must not stand under the heading of one.
        let mut groups: Vec<&str> = vec![""];
        for number in &numbers {
            let (group, _) = viewer.group(*number);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        numbers.sort_by_key(|number| groups.iter().position(|group| *group == viewer.group(*number).0));
        let mut views: Vec<EntryView> = Vec::with_capacity(numbers.len());
        let mut last = "";
        for number in numbers {
            let (group, lang) = viewer.group(number);
            let begins = group != std::mem::replace(&mut last, group);
            let (group, group_lang) = if begins { (group.into(), lang) } else { Default::default() };
            views.push(EntryView { group, group_lang, ..self.entry(number, viewer) });
        }
        views
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
        _ if node.listing == Some(Listing::Search) => "search.html",
        Origin::Taxonomy(_) => "taxonomy.html",
        Origin::Term(..) => "term.html",
        _ if !node.entries.is_empty() => "entries.html",
        _ if node.is_section => "section.html",
        _ if templates.has(&of_kind) => &of_kind,
        _ => "page.html",
    };
    usual.into()
}
