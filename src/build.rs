//! The pipeline, readable from top to bottom; the only file that knows all stages.
//!
//! One function serves `build`, `check`, `serve` and `publish` alike. Watching is the same call
//! again with a newer [`Tree`] and the same [`Memo`]; there is no second, fast path.

use crate::{
    assets::theme::{self, Theme},
    base::{
        date::Date,
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        memo::Table,
        path::SitePath,
        rules::Rule,
        span::{Position, Span},
    },
    check,
    emit::{
        files,
        output::{Content, Entry, Output},
        sitemap,
    },
    load::{
        data::{self, DataFile},
        page::{self, Grammar, Page, Parsed},
    },
    render::{
        body::{self, Body},
        strings::Strings,
        templates::{Shared, Templates},
        views::{EntryView, Viewer},
    },
    resolve::{
        guide::{Guide, Node, Origin, PageNo},
        resolver::{self, Setting, Sources},
    },
    report::located::Located,
    settings::{
        schema::{self, Schema},
        site::{self, Site},
        yaml,
    },
    source::tree::Tree,
};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// What a build depends on beside the files of the site.
#[derive(Debug, Clone, Serialize)]
pub struct Options {
    /// Today: nothing below `main` asks a clock.
    pub today: Date,
    /// Whether drafts, and pages whose day has not come, are built.
    pub drafts: bool,
    /// Another base URL than that of guide.yaml.
    pub base_url: Option<String>,
}

/// The result of a build.
#[derive(Debug)]
pub struct Build {
    /// What goes on the wire.
    pub output: Output,
    /// Everything to tell the editor, in the order of files and lines.
    pub findings: Vec<Located>,
    /// Whether guide.yaml could not be read at all.
    pub fatal: bool,
    /// The path that the site lives under: `/` or `/guide/`.
    pub base_path: String,
    /// What was made.
    pub stats: Stats,
}

/// Counts of a build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Pages in the output.
    pub pages: u32,
    /// Relations between pages.
    pub relations: u32,
    /// Pages that were read anew.
    pub parsed: u32,
    /// Pages that were laid out anew.
    pub laid_out: u32,
}

/// What builds remember from one to the next. See DESIGN.md, section 2.
#[derive(Debug, Default)]
pub struct Memo {
    /// Pages as read, by file.
    pub parse: Table<SitePath, Arc<Parsed>>,
    /// Data files as read.
    pub data: Table<SitePath, Arc<DataFile>>,
    /// The guide.
    pub guide: Table<(), Arc<(Guide, Vec<Finding>)>>,
    /// Bodies, by page. Only a process that builds again keeps them.
    pub bodies: Option<Table<SitePath, Arc<Body>>>,
    /// Pages as laid out, by output path.
    pub layout: Table<SitePath, Laid>,
}

/// A page as laid out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Laid {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length.
    pub len: u64,
    /// Its bytes; not kept between processes.
    #[serde(skip)]
    pub bytes: Option<Arc<[u8]>>,
    /// What it refers to, as [`check::finished::References::here`].
    pub references: Arc<[u64]>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl Memo {
    /// A memo for a process that builds again and again.
    pub fn for_watching() -> Memo {
        Memo { bodies: Some(Table::default()), ..Memo::default() }
    }

    fn begin(&mut self) {
        self.parse.begin();
        self.data.begin();
        self.guide.begin();
        self.layout.begin();
        self.bodies.iter_mut().for_each(Table::begin);
    }

    fn sweep(&mut self) {
        self.parse.sweep();
        self.data.sweep();
        self.guide.sweep();
        self.layout.sweep();
        self.bodies.iter_mut().for_each(Table::sweep);
    }
}

/// Builds a site.
pub fn build(tree: &Tree, options: &Options, memo: &mut Memo) -> Build {
    memo.begin();
    let mut findings = tree.troubles.clone();
    let Some((site, mut schema)) = settings(tree, options, &mut findings) else {
        let findings = report(findings, tree, &Site::default(), &Sources::default(), None);
        return Build { output: Output::default(), findings, fatal: true, base_path: "/".into(), stats: Stats::default() };
    };

    let sources = load(tree, &site, &schema, memo, &mut findings);
    complete(&mut schema, &sources);
    let setting = Setting { site: &site, schema: &schema, today: options.today, drafts: options.drafts };
    let guide = resolve(&sources, setting, memo);
    findings.extend(guide.1.iter().cloned());
    let guide = &guide.0;

    let theme_span = tree.files.get(site::FILE).and_then(|file| theme_span(&file.bytes().ok()?, &site.theme));
    let (theme, troubles) = theme::load(tree, &site.theme, theme_span.unwrap_or_default());
    findings.extend(troubles);
    let render = Render { tree, sources: &sources, setting, guide, theme: &theme, memo };
    let (mut output, laid, shared) = render.pages(&mut findings);
    findings.extend(emit(&mut output, tree, &sources, setting, guide, &theme, shared.as_ref()));

    findings.extend(check::pages::check(guide, &schema, options.today, |node| source(&sources, node)));
    findings.extend(check::pages::placeholders(&site, &text_of(tree, site::FILE)));
    findings.extend(check_links(&output, &laid, &site, guide, &sources));

    let stats = Stats {
        pages: laid.len() as u32,
        relations: guide.edges.len() as u32,
        parsed: memo.parse.runs(),
        laid_out: memo.layout.runs(),
    };
    let findings = report(findings, tree, &site, &sources, Some(guide));
    memo.sweep();
    Build { output, findings, fatal: false, base_path: site.base_path().into(), stats }
}

/// guide.yaml and schema.yaml. `None` when guide.yaml cannot be read at all.
fn settings(tree: &Tree, options: &Options, findings: &mut Vec<Finding>) -> Option<(Site, Schema)> {
    let path = SitePath::from(site::FILE);
    let Some(file) = tree.files.get(&path) else {
        // A guide.yaml that is there and cannot be read has its finding already.
        if !findings.iter().any(|finding| finding.place.file == path) {
            let help = "Write one with at least \"title:\" and \"base_url:\", or name the folder of the site with --site.";
            findings.push(Finding::new(Rule::READ_FILE, Place::file(&path), "there is no guide.yaml here", help));
        }
        return None;
    };
    let node = read_yaml(&path, &file.bytes().ok()?, findings)?;
    let (mut site, found) = site::read(&path, &node);
    findings.extend(found);
    if let Some(url) = &options.base_url {
        site.base_url = if url.ends_with('/') { url.clone() } else { format!("{url}/") };
    }
    let path = SitePath::from("schema.yaml");
    let mut schema = Schema::default();
    if let Some(file) = tree.files.get(&path) {
        // An unreadable schema still means that there is one: pages without front matter stay
        // suspicious.
        schema.declared = true;
        if let Ok(bytes) = file.bytes()
            && let Some(node) = read_yaml(&path, &bytes, findings)
        {
            let (read, found) = schema::read(&path, &node);
            schema = read;
            findings.extend(found);
        }
    }
    Some((site, schema))
}

fn read_yaml(path: &SitePath, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<yaml::Node> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let help = "Save the file as UTF-8 in your editor (\"Save with encoding\").";
        findings.push(Finding::new(Rule::READ_UTF8, Place::file(path), "this file is not UTF-8", help));
        return None;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match yaml::parse(text, bytes.len() - text.len()) {
        Ok(node) => Some(node),
        Err(fault) => {
            let message = format!("this file cannot be read: {}", fault.message);
            findings.push(Finding::new(Rule::READ_YAML, Place::span(path, fault.span), message, fault.help));
            None
        }
    }
}

/// Reads every page and data file; those that did not change are remembered.
fn load(tree: &Tree, site: &Site, schema: &Schema, memo: &Memo, findings: &mut Vec<Finding>) -> Sources {
    let grammar = Grammar::new(site, schema);
    let is_page = |path: &SitePath| path.extension() == "md" && files::is_public(path);
    let pages: Vec<_> = tree.below("content").filter(|(path, _)| is_page(path)).collect();
    let read = |(path, file): &(&SitePath, &crate::source::tree::File)| {
        let input = Digest::join(&[file.digest, grammar.digest]);
        memo.parse.get(path, input, || {
            let run = || match file.bytes() {
                Ok(bytes) => page::read(path, &bytes, &grammar),
                Err(error) => {
                    let message = format!("this file cannot be read: {error}");
                    let finding = Finding::new(Rule::READ_FILE, Place::file(path), message, "Build again.");
                    page::broken(path, &grammar, finding)
                }
            };
            Arc::new(guarded(path, run).unwrap_or_else(|finding| page::broken(path, &grammar, *finding)))
        })
    };
    let pages: Vec<Arc<Parsed>> = pages.par_iter().map(read).collect();
    let mut data_files = Vec::new();
    for (kind, declared) in schema.data_kinds() {
        let path = data::path(declared);
        match tree.files.get(&path) {
            Some(file) => {
                let input = Digest::join(&[file.digest, Digest::of_value(schema)]);
                let bytes = file.bytes().unwrap_or_default();
                let read = memo.data.get(&path, input, || Arc::new(data::read(&bytes, schema, kind, declared)));
                data_files.push(read);
            }
            None => {
                let message = format!("\"{}\" keeps its entries in {path}, which is not there", kind.name);
                let place = Place::file(&"schema.yaml".into());
                findings.push(Finding::new(Rule::SCHEMA_INVALID, place, message, "Add the file, even if it is empty."));
            }
        }
    }
    findings.extend(pages.iter().flat_map(|page| page.findings.iter().cloned()));
    findings.extend(data_files.iter().flat_map(|file| file.findings.iter().cloned()));
    Sources { pages, data: data_files, files: files::list(tree) }
}

/// Lets nothing that depends on a schema run without what the schema promises.
fn complete(schema: &mut Schema, sources: &Sources) {
    for kind in schema.kinds.values_mut() {
        if kind.data.is_some() && !sources.data.iter().any(|file| file.kind == kind.name) {
            kind.data = None;
        }
    }
}

fn resolve(sources: &Sources, setting: Setting, memo: &Memo) -> Arc<(Guide, Vec<Finding>)> {
    memo.guide.get(&(), resolver::input(sources, setting), || Arc::new(resolver::resolve(sources, setting)))
}

/// Runs a step; a panic in it is a finding, and the rest of the site still builds.
fn guarded<T>(path: &SitePath, run: impl FnOnce() -> T) -> Result<T, Box<Finding>> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        let message = "guidewright itself failed on this file";
        let help = "This is a fault of the program and not of the page. Please report it with the file.";
        Box::new(Finding::new(Rule::READ_CRASH, Place::file(path), message, help))
    })
}

/// The source of an authored page.
fn source<'a>(sources: &'a Sources, node: &Node) -> Option<&'a Page> {
    parsed(sources, node).map(|parsed| &parsed.page)
}

fn parsed<'a>(sources: &'a Sources, node: &Node) -> Option<&'a Parsed> {
    match node.origin {
        Origin::Authored(number) => Some(&sources.pages[number as usize]),
        _ => None,
    }
}

struct Render<'a> {
    tree: &'a Tree,
    sources: &'a Sources,
    setting: Setting<'a>,
    guide: &'a Guide,
    theme: &'a Theme,
    memo: &'a Memo,
}

/// What all pages of one language share, in every form that it is needed in.
struct Common {
    strings: Strings,
    shared: Shared,
    digest: Digest,
}

impl Render<'_> {
    /// Lays out every page; those whose view did not change are remembered.
    fn pages(&self, findings: &mut Vec<Finding>) -> (Output, BTreeMap<SitePath, (PageNo, Laid)>, Option<(Templates, Shared)>) {
        let (templates, troubles) = Templates::new(self.theme);
        findings.extend(troubles);
        let Some(templates) = templates else {
            return (Output::default(), BTreeMap::new(), None);
        };
        let viewer = self.viewer();
        let mut commons: BTreeMap<Lang, Common> = BTreeMap::new();
        for page in &self.guide.pages {
            if !commons.contains_key(&page.lang) {
                let (strings, troubles) = Strings::new(self.theme, &page.lang);
                findings.extend(troubles);
                let view = viewer.site(&page.lang, self.theme, &strings);
                let digest = Digest::join(&[Digest::of_value(&view), self.theme.digest]);
                commons.insert(page.lang.clone(), Common { strings, shared: Shared::new(&view), digest });
            }
        }
        let wanted = |(i, node): (usize, &Node)| {
            let broken = source(self.sources, node).is_some_and(|page| page.broken);
            (!node.hidden && !broken).then_some(i as PageNo)
        };
        let numbers: Vec<PageNo> = self.guide.pages.iter().enumerate().filter_map(wanted).collect();
        let lay = |number: &PageNo| {
            let node = self.guide.page(*number);
            (node.output.clone(), (*number, self.page(*number, &viewer, &templates, &commons[&node.lang])))
        };
        let laid: BTreeMap<SitePath, (PageNo, Laid)> = numbers.par_iter().map(lay).collect();
        let mut output = Output::default();
        for (path, (_, laid)) in &laid {
            findings.extend(laid.findings.iter().cloned());
            let content = laid.bytes.clone().map_or(Content::Kept, Content::Bytes);
            output.files.insert(path.clone(), Entry { digest: laid.digest, len: laid.len, content });
        }
        let main = commons.remove(&self.setting.site.language);
        (output, laid, main.map(|common| (templates, common.shared)))
    }

    fn viewer(&self) -> Viewer<'_> {
        let Setting { site, schema, today, .. } = self.setting;
        Viewer { site, schema, guide: self.guide, today }
    }

    fn page(&self, number: PageNo, viewer: &Viewer, templates: &Templates, common: &Common) -> Laid {
        let node = self.guide.page(number);
        let parsed = parsed(self.sources, node);
        let page = parsed.map(|parsed| &parsed.page);
        let kind = self.setting.schema.kind(&node.kind);
        let view = viewer.page(number, page, &common.strings);
        let template = template(node, page, self.setting.schema, templates, self.guide.home == Some(number));
        let file = page.and_then(|page| self.tree.files.get(&page.path)).map(|file| file.digest);
        let written = Digest::of_value(&(file, &node.targets, kind, &common.strings.labels));
        // A page that shows entries depends on all that they say.
        let placed = page.map_or(&[][..], |page| &page.placed);
        let shows_entries = !node.entries.is_empty()
            || placed.iter().any(|name| self.setting.schema.kinds.get(name).is_some_and(|kind| kind.data.is_some()));
        let entries = shows_entries.then(|| {
            let facts: Vec<Digest> = self.sources.data.iter().map(|file| file.facts).collect();
            Digest::of_value(&(facts, &self.guide.entries, &self.guide.edges, &self.setting.schema.kinds))
        });
        let input = Digest::of_value(&(Digest::of_value(&view), written, common.digest, &template, entries));
        self.memo.layout.get(&node.output, input, || {
            let run = || {
                let body = self.body(node, parsed, written, &common.strings);
                let entries = |kind: &str| self.entries(kind, viewer, &common.strings);
                let own: Vec<EntryView> =
                    node.entries.iter().map(|entry| self.entry(*entry, viewer, &common.strings)).collect();
                let body = viewer.body(&view, kind, &body, &entries);
                templates.page(&template, &common.shared, &view, &body, &own)
            };
            let file = page.map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
            match guarded(&file, run) {
                Ok(Ok(html)) => finished(html, &file, &view.url),
                Ok(Err(finding)) | Err(finding) => unfinished(*finding),
            }
        })
    }

    fn body(&self, node: &Node, parsed: Option<&Parsed>, input: Digest, strings: &Strings) -> Arc<Body> {
        let Some(parsed) = parsed else { return Arc::default() };
        let kind = self.setting.schema.kind(&node.kind);
        let run = || {
            let bytes = self.tree.files.get(&parsed.page.path).and_then(|file| Some(file.bytes().ok()?.into_owned()));
            let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
            let text = text.get(parsed.body as usize..).unwrap_or_default();
            Arc::new(body::of_page(&parsed.page, text, &node.targets, kind, strings))
        };
        match &self.memo.bodies {
            Some(table) => table.get(&node.output, input, run),
            None => run(),
        }
    }

    /// The entries of a data kind, for a page that places them.
    fn entries(&self, kind: &str, viewer: &Viewer, strings: &Strings) -> Vec<EntryView> {
        let of_kind = |(_, entry): &(usize, &crate::resolve::guide::EntryNode)| entry.kind == kind;
        self.guide.entries.iter().enumerate().filter(of_kind).map(|(i, _)| self.entry(i as u32, viewer, strings)).collect()
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
        _ if node.id == crate::resolve::urls::NOT_FOUND => "404.html",
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
    let references = check::finished::references(&html);
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
        bytes: Some(Arc::from(html.into_bytes())),
    }
}

/// A page that could not be laid out: nothing of it may be published.
fn unfinished(finding: Finding) -> Laid {
    let empty: Arc<[u8]> = Arc::from([]);
    Laid { digest: Digest::of(&empty), len: 0, bytes: Some(empty), references: Arc::from([]), findings: vec![finding] }
}

/// Everything that is not a page: assets, copied files, redirects, sitemap, robots.txt.
fn emit(
    output: &mut Output,
    tree: &Tree,
    sources: &Sources,
    setting: Setting,
    guide: &Guide,
    theme: &Theme,
    render: Option<&(Templates, Shared)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, bytes) in &theme.outputs {
        output.files.insert(path.clone(), Entry::of_bytes(bytes.as_slice()));
    }
    findings.extend(files::add(output, tree, &sources.files));
    let site = setting.site;
    for redirect in &guide.redirects {
        let Some((templates, shared)) = render else { break };
        let path = crate::resolve::urls::output(&redirect.from);
        let here = redirect.to.starts_with('/');
        let (href, absolute) = match here {
            true => (site.href(&redirect.to), site.absolute(&redirect.to)),
            false => (redirect.to.clone(), redirect.to.clone()),
        };
        match templates.redirect(shared, &redirect.from, &href, &absolute, &redirect.title) {
            Ok(html) => drop(output.files.entry(path).or_insert_with(|| Entry::of_bytes(html.into_bytes()))),
            Err(finding) => findings.push(*finding),
        }
    }
    let listed = |node: &Node| source(sources, node).is_none_or(|page| !page.noindex && page.sitemap && !page.broken);
    let written = [("sitemap.xml", sitemap::sitemap(site, guide, listed)), ("robots.txt", sitemap::robots(site))];
    for (path, text) in written {
        // A site that brings its own in static/ has the last word.
        output.files.entry(SitePath::from(path)).or_insert_with(|| Entry::of_bytes(text.into_bytes()));
    }
    findings
}

/// Finds links of finished pages that lead to nothing in the output.
fn check_links(
    output: &Output,
    laid: &BTreeMap<SitePath, (PageNo, Laid)>,
    site: &Site,
    guide: &Guide,
    sources: &Sources,
) -> Vec<Finding> {
    let mut exists: FxHashSet<u64> = FxHashSet::default();
    for path in output.files.keys() {
        let url = site.href(&crate::resolve::urls::encode(path));
        exists.insert(check::finished::hash(&url));
        if let Some(folder) = url.strip_suffix("index.html") {
            exists.insert(check::finished::hash(folder));
        }
    }
    // A page that could not be read has its finding; the links to it are no further faults.
    for node in guide.pages.iter().filter(|node| source(sources, node).is_some_and(|page| page.broken)) {
        exists.insert(check::finished::hash(&site.href(&node.url)));
    }
    let check = |(_, (number, laid)): (&SitePath, &(PageNo, Laid))| {
        if laid.references.iter().all(|reference| exists.contains(reference)) {
            return Vec::new();
        }
        let node = guide.page(*number);
        let file = source(sources, node).map_or_else(|| SitePath::from(site::FILE), |page| page.path.clone());
        let html = laid.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let dead = check::finished::dead(html, &exists);
        let finding = |address: &str| {
            let message = format!("the finished page {} has a link to {address}, where nothing is", node.url);
            let help = "It stands in a template, or in raw HTML of the text. Correct the address there.";
            Finding::new(Rule::LINKS_TEMPLATE, Place::file(&file), message, help)
        };
        match dead.is_empty() {
            false => dead.into_iter().map(finding).collect(),
            // Kept from the last build, so its words are not at hand; the fault is told all the same.
            true => vec![finding("an address")],
        }
    };
    laid.par_iter().flat_map_iter(check).collect()
}

/// Locates and weighs the findings, in the order of files and lines, each once.
fn report(findings: Vec<Finding>, tree: &Tree, site: &Site, sources: &Sources, guide: Option<&Guide>) -> Vec<Located> {
    let mut by_path: BTreeMap<&SitePath, &Parsed> = BTreeMap::new();
    by_path.extend(sources.pages.iter().map(|parsed| (&parsed.page.path, &**parsed)));
    let mut urls: BTreeMap<&SitePath, String> = BTreeMap::new();
    for node in guide.iter().flat_map(|guide| &guide.pages) {
        if let Some(page) = source(sources, node) {
            urls.insert(&page.path, site.href(&node.url));
        }
    }
    let mut texts: BTreeMap<SitePath, String> = BTreeMap::new();
    let mut reports = Vec::new();
    for finding in findings {
        let Some(severity) = site.levels.of(finding.rule) else { continue };
        let Place { file, mark } = &finding.place;
        let span = match (by_path.get(file), mark) {
            (Some(parsed), mark) => parsed.places.span(mark),
            (None, crate::base::finding::Mark::Span(span)) => Some(*span),
            _ => None,
        };
        let text = texts.entry(file.clone()).or_insert_with(|| text_of(tree, file));
        let range = span.unwrap_or_default().within(text);
        reports.push(Located {
            start: Position::of(text, range.start),
            end: Position::of(text, range.end),
            span: span.map(|_| (range.start as u32, range.end as u32)),
            rule: finding.rule.code().into(),
            severity,
            message: finding.message,
            help: finding.help,
            url: urls.get(file).cloned(),
            file: file.clone(),
        });
    }
    reports.sort();
    reports.dedup();
    reports
}

fn text_of(tree: &Tree, path: &str) -> String {
    let bytes = tree.files.get(path).and_then(|file| Some(file.bytes().ok()?.into_owned()));
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

fn theme_span(settings: &[u8], theme: &str) -> Option<Span> {
    let text = std::str::from_utf8(settings).ok()?;
    let at = text.find(&format!("theme: {theme}"))? + "theme: ".len();
    Some(Span::new(at..at + theme.len()))
}
