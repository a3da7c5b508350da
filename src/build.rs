//! The pipeline, readable from top to bottom; the only file that knows all stages.
//!
//! One function serves `build`, `check`, `serve` and `publish` alike. Watching is the same call
//! again with a newer [`Tree`] and the same [`Memo`]; there is no second, fast path.

use crate::{
    assets::{
        gallery::{self, Made},
        theme,
    },
    base::{
        date::Date,
        digest::Digest,
        finding::{Finding, Mark, Place, Severity},
        memo::Table,
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
        span::{Position, Span},
    },
    check,
    emit::{self, output::Output, site::Beside},
    load::{
        data::DataFile,
        glossary::Uses,
        page::Parsed,
        sources::{self, Sources},
    },
    render::{
        body::Body,
        html::Highlights,
        pages::{Laid, Render},
    },
    report::located::Located,
    resolve::{
        guide::Guide,
        resolver::{self, Setting},
        urls,
    },
    settings::{
        schema::{self, Schema},
        site::{self, Site},
        yaml,
    },
    source::{store::Store, tree::Tree},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
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
    /// The target of guide.yaml that it is built for.
    pub target: Option<String>,
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
    /// Pages kept from an earlier process about which something is to be said that needs their
    /// text: they must be made again before the findings are whole.
    pub incomplete: BTreeSet<SitePath>,
    /// What was made.
    pub stats: Stats,
    /// What the site is; nothing when guide.yaml could not be read, or the build before this process
    /// is believed.
    pub insight: Option<Arc<Insight>>,
}

/// What a build knows of the site beside its output: for the desk of `serve`.
#[derive(Debug)]
pub struct Insight {
    /// guide.yaml.
    pub site: Site,
    /// schema.yaml.
    pub schema: Schema,
    /// What was read.
    pub sources: Sources,
    /// The guide, and what resolving it found.
    pub guide: Arc<(Guide, Vec<Finding>)>,
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
    /// The words of the glossary that each page uses.
    pub uses: Table<SitePath, Arc<Uses>>,
    /// The guide.
    pub guide: Table<(), Arc<(Guide, Vec<Finding>)>>,
    /// Pictures as made ready.
    pub pictures: Table<SitePath, Arc<Made>>,
    /// Where their bytes are kept.
    pub store: Store,
    /// Coloured code. Never swept: a page that is laid out again asks for all of its own.
    pub highlights: Highlights,
    /// Bodies, by page. Only a process that builds again keeps them.
    pub bodies: Option<Table<SitePath, Arc<Body>>>,
    /// Pages as laid out, by output path.
    pub layout: Table<SitePath, Laid>,
    /// How many pages the build that runs has laid out so far: for whoever waits for it.
    pub progress: Arc<AtomicU32>,
}

impl Memo {
    /// A memo for a process that builds again and again.
    pub fn for_watching() -> Memo {
        Memo { bodies: Some(Table::default()), ..Memo::default() }
    }

    /// A memo for a process that builds once and leaves nothing for the next.
    pub fn for_one_build() -> Memo {
        Memo {
            parse: Table::forgetful(),
            data: Table::forgetful(),
            uses: Table::forgetful(),
            guide: Table::forgetful(),
            pictures: Table::forgetful(),
            store: Store::default(),
            highlights: Table::forgetful(),
            bodies: None,
            layout: Table::forgetful(),
            progress: Arc::default(),
        }
    }

    fn begin(&mut self) {
        self.parse.begin();
        self.data.begin();
        self.uses.begin();
        self.guide.begin();
        self.pictures.begin();
        self.highlights.begin();
        self.layout.begin();
        self.bodies.iter_mut().for_each(Table::begin);
        self.progress.store(0, Ordering::Relaxed);
    }

    fn sweep(&mut self) {
        self.parse.sweep();
        self.data.sweep();
        self.uses.sweep();
        self.guide.sweep();
        self.pictures.sweep();
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
        return Build {
            output: Output::default(),
            findings,
            fatal: true,
            base_path: "/".into(),
            incomplete: BTreeSet::new(),
            stats: Stats::default(),
            insight: None,
        };
    };

    let theme_span = tree.files.get(site::FILE).and_then(|file| theme_span(&file.bytes().ok()?, &site.theme));
    let (theme, troubles) = theme::load(tree, &site.theme, theme_span.unwrap_or_default());
    findings.extend(troubles);
    let Memo { parse, data, uses, .. } = &*memo;
    let (sources, found) = sources::read(tree, &site, &schema, &theme.components, (parse, data, uses));
    let uncertain =
        schema.uncertain || sources.data.iter().any(|file| file.is_unreadable()) || !sources.is_complete(&schema);
    findings.extend(found);
    forget_missing_data(&mut schema, &sources);
    let setting = Setting { site: &site, schema: &schema, today: options.today, drafts: options.drafts, uncertain };
    let resolved = resolve(&sources, setting, memo);
    findings.extend(resolved.1.iter().cloned());
    let guide = &resolved.0;

    let made = (&memo.pictures, &memo.store);
    let (gallery, found) = gallery::hang(tree, &sources, &site, &theme.pictures, made, |file| {
        let output = urls::of_file(file);
        let href = site.href(&urls::encode(&output));
        (output, href)
    });
    findings.extend(found);
    let (bodies, layout) = (memo.bodies.as_ref(), &memo.layout);
    let highlights = site.highlight.then_some(&memo.highlights);
    let kinds = schema.kinds.iter().map(|(name, kind)| (name.as_str(), Digest::of_value(kind))).collect();
    let (theme, gallery) = (&theme, &gallery);
    let progress = &*memo.progress;
    let render =
        Render { tree, sources: &sources, setting, guide, theme, gallery, highlights, bodies, layout, kinds, progress };
    let mut rendered = render.pages();
    findings.append(&mut rendered.findings);
    let mut output = Output::of_pages(&rendered.pages);
    let beside = Beside { tree, sources: &sources, setting, guide, theme, gallery };
    findings.extend(emit::site::add(&mut output, &beside, &rendered));

    findings.extend(check::pages::check(guide, &schema, options.today, &sources));
    findings.extend(check::entries::check(&schema, options.today, &sources));
    findings.extend(check::translations::check(guide, &site, &sources));
    findings.extend(check::pages::placeholders(&site, &text_of(tree, site::FILE)));
    let (dead, incomplete) = check::links::check(&output, &rendered.pages, &site, guide, &sources, gallery);
    findings.extend(dead);

    let stats = Stats {
        pages: rendered.pages.len() as u32,
        relations: guide.edges.len() as u32,
        parsed: memo.parse.runs(),
        laid_out: memo.layout.runs(),
    };
    let findings = report(findings, tree, &site, &sources, Some(guide));
    memo.sweep();
    // A file that changed while it was read is another one next time, whatever its digest.
    let passing = |findings: &[Finding]| findings.iter().any(|finding| finding.rule == Rule::READ_FILE);
    memo.parse.forget_values(|parsed| passing(&parsed.findings));
    memo.layout.forget_values(|laid| passing(&laid.findings));
    let base_path = site.base_path().into();
    let insight = Some(Arc::new(Insight { site, schema, sources, guide: resolved }));
    Build { output, findings, fatal: false, base_path, incomplete, stats, insight }
}

/// Every page file with the digest of what it translates, if it translates anything.
pub fn sources_of(tree: &Tree, options: &Options) -> Vec<(SitePath, Option<Digest>)> {
    let Some((site, schema)) = settings(tree, options, &mut Vec::new()) else { return Vec::new() };
    let memo = Memo::for_one_build();
    let (theme, _) = theme::load(tree, &site.theme, Span::default());
    let tables = (&memo.parse, &memo.data, &memo.uses);
    let (sources, _) = sources::read(tree, &site, &schema, &theme.components, tables);
    let source = |own: &Parsed| {
        let mut pages = sources.pages.iter();
        let is_source = |other: &&Arc<Parsed>| other.page.id == own.page.id && other.page.lang == site.language;
        pages.find(is_source).filter(|_| own.page.lang != site.language).map(|source| source.words)
    };
    sources.pages.iter().map(|own| (own.page.path.clone(), source(own))).collect()
}

/// guide.yaml and schema.yaml. `None` when guide.yaml cannot be read at all.
fn settings(tree: &Tree, options: &Options, findings: &mut Vec<Finding>) -> Option<(Site, Schema)> {
    let path = SitePath::from(site::FILE);
    let Some(file) = tree.files.get(&path) else {
        // A guide.yaml that is there and cannot be read has its finding already.
        if !findings.iter().any(|finding| finding.place.file == path) {
            let help =
                "Write one with at least \"title:\" and \"base_url:\", or name the folder of the site with --site.";
            findings.push(Finding::new(Rule::READ_FILE, Place::file(&path), "there is no guide.yaml here", help));
        }
        return None;
    };
    let node = read_yaml(&path, &file.bytes().ok()?, findings)?;
    let (mut site, found) = site::read(&path, &node);
    findings.extend(found);
    if let Some(name) = &options.target {
        match site.targets.get(name).cloned() {
            Some(target) => {
                site.noindex = target.noindex;
                site.host = target.host;
                site.base_url = target.base_url.unwrap_or(site.base_url);
            }
            None => {
                let names = site.targets.keys().map(String::as_str);
                let help = did_you_mean(name, names, || "Declare it under publish: in guide.yaml.".into());
                let message = format!("there is no target \"{name}\"");
                findings.push(Finding::new(Rule::SETTINGS_INVALID, Place::file(&path), message, help));
            }
        }
    }
    if let Some(url) = &options.base_url {
        site.base_url = if url.ends_with('/') { url.clone() } else { format!("{url}/") };
    }
    let path = SitePath::from("schema.yaml");
    let mut schema = Schema::default();
    if let Some(file) = tree.files.get(&path) {
        // An unreadable schema still means that there is one: pages without front matter stay
        // suspicious.
        schema.declared = true;
        schema.uncertain = true;
        if let Ok(bytes) = file.bytes()
            && let Some(node) = read_yaml(&path, &bytes, findings)
        {
            let (read, found) = schema::read(&path, &node);
            schema = read;
            // A site that lowers these rules is taken at its word: then nothing else is spared.
            schema.uncertain = found.iter().any(|finding| site.levels.of(finding.rule) == Some(Severity::Error));
            findings.extend(found);
        }
    }
    findings.extend(taken_names(&node, &site, &schema));
    Some((site, schema))
}

/// Finds taxonomies whose name a field or a relation has already: pages could not say which they
/// mean.
fn taken_names(settings: &yaml::Node, site: &Site, schema: &Schema) -> Vec<Finding> {
    let is_taken = |name: &str| {
        let mut kinds = schema.kinds.values().filter(|kind| kind.data.is_none());
        kinds.any(|kind| {
            kind.fields.iter().any(|field| field.name == name) || schema.relation(name, &kind.name).is_some()
        })
    };
    let keys = settings.get("taxonomies").map_or(&[][..], yaml::Node::entries).iter().map(|(key, _)| key);
    let taken = keys.filter(|key| site.taxonomies.contains_key(&key.name) && is_taken(&key.name));
    let finding = |key: &yaml::Key| {
        let message = format!("\"{}\" is a taxonomy here and a field or relation in schema.yaml", key.name);
        let place = Place::span(&site::FILE.into(), key.span);
        Finding::new(Rule::SETTINGS_INVALID, place, message, "Give one of them another name.")
    };
    taken.map(finding).collect()
}

fn read_yaml(path: &SitePath, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<yaml::Node> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.push(Finding::not_utf8(Place::file(path)));
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

/// A data kind whose file is missing, which is told already, is from here on like any other kind: no
/// page is made for entries that are not there.
fn forget_missing_data(schema: &mut Schema, sources: &Sources) {
    for kind in schema.kinds.values_mut() {
        if kind.data.is_some() && !sources.data.iter().any(|file| file.kind == kind.name) {
            kind.data = None;
        }
    }
}

fn resolve(sources: &Sources, setting: Setting, memo: &Memo) -> Arc<(Guide, Vec<Finding>)> {
    memo.guide.get(&(), || resolver::input(sources, setting), || Arc::new(resolver::resolve(sources, setting)))
}

/// Locates and weighs the findings, in the order of files and lines, each once.
fn report(findings: Vec<Finding>, tree: &Tree, site: &Site, sources: &Sources, guide: Option<&Guide>) -> Vec<Located> {
    let mut by_path: BTreeMap<&SitePath, &Parsed> = BTreeMap::new();
    by_path.extend(sources.pages.iter().map(|parsed| (&parsed.page.path, &**parsed)));
    let mut urls: BTreeMap<&SitePath, String> = BTreeMap::new();
    for node in guide.iter().flat_map(|guide| &guide.pages) {
        if let Some(page) = node.page(sources) {
            // A page that stands in for a translation has the file of another.
            urls.entry(&page.path).or_insert_with(|| site.href(&node.url));
        }
    }
    let mut texts: BTreeMap<SitePath, String> = BTreeMap::new();
    let mut reports = Vec::new();
    for finding in findings {
        let Some(severity) = site.levels.of(finding.rule) else { continue };
        let Place { file, mark } = &finding.place;
        let parsed = by_path.get(file);
        let elsewhere = parsed.and_then(|parsed| parsed.places.elsewhere(mark));
        let (file, mark) = elsewhere.map_or((file, mark.clone()), |(file, span)| (file, Mark::Span(span)));
        let (parsed, mark) = (parsed.filter(|_| elsewhere.is_none()), &mark);
        let span = match (parsed, mark) {
            (Some(parsed), mark) => parsed.places.span(mark),
            (None, Mark::Span(span)) => Some(*span),
            _ => None,
        };
        // Of a file as a whole no text is needed: it may be a picture of many megabytes.
        let text = match span {
            Some(_) => texts.entry(file.clone()).or_insert_with(|| text_of(tree, file)),
            None => "",
        };
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
    // What comes before the first byte that is not UTF-8 keeps its place.
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

fn theme_span(settings: &[u8], theme: &str) -> Option<Span> {
    let text = std::str::from_utf8(settings).ok()?;
    let at = text.find(&format!("theme: {theme}"))? + "theme: ".len();
    Some(Span::new(at..at + theme.len()))
}
