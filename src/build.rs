//! The pipeline, readable from top to bottom; the only file that knows all stages.
//!
//! One function serves `build`, `check`, `serve` and `publish` alike. Watching is the same call
//! again with a newer [`Tree`] and the same [`Memo`]; there is no second, fast path.

pub mod memo;

use crate::{
    assets::{gallery, theme},
    base::{date::Date, digest::Digest, finding::Finding, path::SitePath, span::Span},
    check::{
        self,
        links::Ledger,
        locate::{locate, text_of},
        reading, texts,
    },
    emit::{
        self,
        output::{Entry, Output},
        site::{Beside, Earlier},
    },
    load::{
        page::Parsed,
        sources::{self, Before, Sources},
    },
    render::{
        pages::Render,
        reads::Changed,
        rendered::{Rendered, Scope},
    },
    report::findings::Findings,
    resolve::{
        guide::{Guide, PageNo, Redirect},
        renamed,
        resolver::{self, Setting},
        urls,
    },
    settings::{
        schema::Schema,
        site::{self, Site},
    },
    source::{settings, tree::Tree},
};
use memo::Last;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

pub use memo::Memo;

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
    /// When what takes long is made.
    pub slow: Slow,
}

/// When what takes long is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum Slow {
    /// With everything else.
    #[default]
    Now,
    /// The index of the search and pages that show very many others by a later build of the same files, where
    /// there is a build before: until then they are those of it. For watching, where an editor waits for the page.
    Later,
    /// All but the home pages by a later build, where there are very many pages: for the first build of a server,
    /// where a reader waits for the site to open.
    Opening,
}

/// So many pages take long.
const MANY: usize = 1000;

/// The result of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// What goes on the wire.
    pub output: Output,
    /// Everything to tell the editor, in the order of files and lines.
    pub findings: Findings,
    /// Whether guide.yaml could not be read at all.
    pub fatal: bool,
    /// The path that the site lives under: `/` or `/guide/`.
    pub base_path: String,
    /// Pages kept from an earlier process about which something is to be said that needs their
    /// text: they must be made again before the findings are whole.
    pub incomplete: BTreeSet<SitePath>,
    /// Old paths from the site's root, and where each leads: from the root of the host, or with a scheme.
    pub redirects: Arc<[(String, String)]>,
    /// Whether a file changed while it was read, so that the same files may give another output.
    pub is_passing: bool,
    /// Whether nothing was left for a later build: see [`Slow`].
    pub is_whole: bool,
    /// Whether only the home pages are there, with what they are shown with, and nothing was checked:
    /// see [`Slow::Opening`].
    pub is_opening: bool,
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

/// Builds a site.
pub fn build(tree: &Tree, options: &Options, memo: &mut Memo) -> Build {
    let (before, wanted) = memo.begin();
    let mut findings = tree.troubles.clone();
    let (target, base_url) = (options.target.as_deref(), options.base_url.as_deref());
    let Some((site, mut schema)) = settings::read(tree, target, base_url, &mut findings) else {
        let is_passing = findings.iter().any(Finding::is_passing);
        let findings = locate(findings, None, tree, &Site::default(), &Sources::default(), None, &memo.positions);
        let base_path = "/".into();
        return Build { findings, fatal: true, base_path, is_passing, is_whole: true, ..Build::default() };
    };

    let theme_span = tree.files.get(site::FILE).and_then(|file| theme_span(&file.bytes().ok()?, &site.theme));
    let (theme, troubles) = theme::load(tree, &site.theme, theme_span.unwrap_or_default());
    findings.extend(troubles);
    let tables = (&memo.parse, &memo.data, &memo.uses);
    let read_before = before.as_ref().map(|last| Before { tree: &last.tree, sources: &last.insight.sources });
    let (sources, edit) = sources::read(tree, &site, &schema, &theme.components, tables, read_before);
    let uncertain =
        schema.uncertain || sources.data.iter().any(|file| file.is_unreadable()) || !sources.is_complete(&schema);
    forget_missing_data(&mut schema, &sources);
    let setting = Setting { site: &site, schema: &schema, today: options.today, drafts: options.drafts, uncertain };
    let basis = resolver::basis(setting);
    // Only pages were edited, and the settings are the same.
    let pages_only = before.as_ref().zip(edit.as_ref()).filter(|(last, _)| last.basis == basis);
    // Where pages say what they said before, the guide is what it was.
    let same = pages_only.filter(|(_, edit)| !edit.facts);
    let resolved = match same {
        Some((last, _)) => last.insight.guide.clone(),
        None => {
            let renamed = || {
                let (last, edit) = pages_only?;
                let Insight { sources: old, guide, .. } = &*last.insight;
                Some((renamed::guide((old, guide), &sources, &edit.pages, setting)?, Vec::new()))
            };
            let resolve = || Arc::new(renamed().unwrap_or_else(|| resolver::resolve(&sources, setting)));
            memo.guide.get(&(), || resolver::input(&sources, basis), resolve)
        }
    };
    let guide = &resolved.0;

    let made = (&memo.pictures, &memo.store);
    let (gallery, found) = gallery::hang(tree, &sources, &site, &theme.pictures, made, |file| {
        let output = urls::of_file(file);
        let href = site.href(&urls::encode(&output));
        (output, href)
    });
    findings.extend(found);
    let shared = Digest::of_value(&(basis, theme.digest, sources.parts.digest, gallery.digest()));
    // Pages that somebody waits for are looked at in any case, and those that an earlier build left when there is time.
    let number = |last: &Last, path| Some(last.rendered.pages.get(path)?.0);
    let asked = |last: &Last| {
        let owed = last.rendered.owed.iter().copied().filter(|_| options.slow == Slow::Now);
        wanted.iter().filter_map(|path| number(last, path)).chain(owed).collect::<Vec<PageNo>>()
    };
    let only = same.filter(|(last, _)| last.shared == shared).map(|(last, edit)| {
        let edited = edit.pages.iter().flat_map(|source| guide.written_from(*source));
        edited.chain(asked(last)).collect::<BTreeSet<PageNo>>()
    });
    // Copies in Markdown are made of more than the views of pages.
    let since = pages_only.filter(|(last, _)| only.is_none() && last.shared == shared && !site.markdown_copies);
    let changed = since.and_then(|(last, edit)| {
        let mut changed = Changed::between(&last.insight.guide.0, guide)?;
        let (uses, before) = (&sources.glossary.uses, &last.insight.sources.glossary.uses);
        let is_other = |page: &u32| uses.get(*page as usize) != before.get(*page as usize);
        let others = (0..sources.pages.len() as u32).filter(is_other);
        let edited = edit.pages.iter().copied().chain(others).flat_map(|source| guide.written_from(source));
        edited.chain(asked(last)).for_each(|page| changed.add(page));
        changed.may_wait = options.slow == Slow::Later;
        Some(changed)
    });
    let searched_before = before.as_ref().map(|last| last.searched.clone());
    // Where all pages are looked at, nothing leans on those before, and there is more room for the new ones.
    let before = before.filter(|_| only.is_some() || changed.is_some());
    let only = before.as_ref().zip(only.as_ref());
    let changed = before.as_ref().zip(changed.as_ref());
    let is_opening = options.slow == Slow::Opening && sources.pages.len() > MANY;
    let (homes, nothing) = (guide.homes(), Rendered::default());
    let scope = match (&only, &changed) {
        _ if is_opening => Scope::Only(&homes, &nothing),
        (Some((last, pages)), _) => Scope::Only(pages, &last.rendered),
        (None, Some((last, changed))) => Scope::Since(changed, &last.rendered),
        (None, None) => Scope::All,
    };

    let (layout, words) = (&memo.layout, &memo.words);
    let highlights = site.highlight.then_some(&memo.highlights);
    let kinds = schema.kinds.iter().map(|(name, kind)| (name.as_str(), Digest::of_value(kind))).collect();
    let (theme, gallery, progress) = (&theme, &gallery, &*memo.progress);
    let render =
        Render { tree, sources: &sources, setting, guide, theme, gallery, highlights, layout, kinds, words, progress };
    let rendered = render.pages(scope);
    let base_path = site.base_path().into();
    let leads = |own: &Redirect| (own.from.clone(), emit::hosts::address(&site, &own.to));
    let redirects = guide.redirects.iter().map(leads).collect();
    if is_opening {
        let mut output = Output::of_pages(&rendered.pages);
        emit::site::open(&mut output, tree, &sources, theme, gallery);
        let insight = Some(Arc::new(Insight { site, schema, sources, guide: resolved }));
        return Build { output, base_path, redirects, is_opening, insight, ..Build::default() };
    }
    findings.extend(rendered.all_findings());
    let rules = texts::Rules::of(&site, &schema, &sources);
    let places = |pages: &'_ BTreeSet<PageNo>| pages.iter().map(|page| &guide.page(*page).output).collect::<Vec<_>>();
    let (output, ledger, beside) = match &only {
        Some((last, pages)) => {
            let places = places(pages);
            let output = emit::site::renew(&last.output, places.iter().copied(), &rendered);
            let ledger = last.ledger.clone().renew(&rendered.pages, places.into_iter());
            (output, ledger, last.findings.clone())
        }
        None => {
            let mut output = Output::of_pages(&rendered.pages);
            let earlier = changed.map(|(last, changed)| {
                let (output, guide) = (&last.output, &last.insight.guide.0);
                Earlier { output, guide, changed }
            });
            let beside = Beside { tree, sources: &sources, setting, guide, theme, gallery, earlier };
            let mut findings = emit::site::add(&mut output, &beside, &rendered);
            findings.extend(check::pages::check(guide, &schema, options.today, &sources));
            findings.extend(rules.iter().flat_map(|rules| rules.data(tree)));
            findings.extend(check::entries::check(&schema, options.today, &sources));
            findings.extend(check::translations::unknown(guide, &site, &sources));
            findings.extend(check::translations::differing(&schema, &sources));
            findings.extend(check::pages::placeholders(&site, &text_of(tree, site::FILE)));
            let ledger = Ledger::new(&output, &rendered, &site, guide, gallery);
            (output, ledger, findings.into())
        }
    };
    let find = || match (options.slow, &searched_before) {
        (Slow::Later, Some(searched)) => searched.clone(),
        _ => memo.search.get(
            &(),
            || emit::search::input(&site, guide, &sources, &rendered),
            || {
                let files = emit::search::files(&site, guide, &sources, &rendered);
                let findings = check::searches::check(&site, &schema, guide, &sources, &files);
                Arc::new(Searched { files, findings })
            },
        ),
    };
    let look = || {
        let dead = check::links::check(&ledger, &rendered.pages, guide, &sources);
        let texts = match (&rules, only.as_ref().zip(edit.as_ref())) {
            (Some(rules), Some(((last, _), edit))) => rules.again(tree, &memo.texts, &last.texts, &edit.pages),
            (Some(rules), None) => rules.pages(tree, &memo.texts),
            (None, _) => Vec::new(),
        };
        (dead, texts)
    };
    // The index is made partly on one core; the other looks at links and texts meanwhile.
    let (searched, ((dead, incomplete), texts)) = rayon::join(find, look);
    // Where only texts differ, the output of the build before has the files already.
    let has_search = only.as_ref().is_some_and(|(last, _)| Arc::ptr_eq(&last.searched, &searched));
    let output = if has_search { output } else { emit::search::put(output, &searched.files) };
    findings.extend(check::translations::check(guide, &site, &sources));
    findings.extend(dead);

    findings.extend(reading::means(&schema, &sources, &texts));

    let stats = Stats {
        pages: rendered.pages.len() as u32,
        relations: guide.edges.len() as u32,
        parsed: memo.parse.runs(),
        laid_out: memo.layout.runs(),
    };
    // Where texts were edited and no page shows a fault of another file, the findings of all other files
    // are what they were.
    let edited = only.as_ref().filter(|(last, _)| {
        let is_quiet = |rendered: &Rendered, ledger: &Ledger| rendered.noisy.is_empty() && ledger.is_whole();
        let stays = edit.iter().flat_map(|edit| &edit.pages).all(|page| {
            let includes = |sources: &Sources| sources.pages[*page as usize].includes;
            !includes(&sources) && !includes(&last.insight.sources)
        });
        stays
            && searched.findings == last.searched.findings
            && !schema.has_means()
            && guide.languages.len() < 2
            && is_quiet(&rendered, &ledger)
            && is_quiet(&last.rendered, &last.ledger)
    });
    let edited = edited.zip(edit.as_ref()).map(|((last, _), edit)| {
        let files = edit.pages.iter().map(|page| sources.pages[*page as usize].page.path.clone());
        (&last.located, files.collect::<BTreeSet<SitePath>>())
    });
    let is_new = |finding: &&Finding| edited.as_ref().is_none_or(|(_, files)| files.contains(&finding.place.file));
    findings.extend(texts.iter().flat_map(|text| &text.findings).filter(is_new).cloned());
    findings.extend(
        sources.all_findings().chain(&resolved.1).chain(&*beside).chain(&searched.findings).filter(is_new).cloned(),
    );
    let is_passing = findings.iter().any(Finding::is_passing);
    let located = locate(findings, edited.as_ref(), tree, &site, &sources, Some(guide), &memo.positions);
    let looked_at_all = only.is_none() && changed.is_none();
    let is_whole = options.slow != Slow::Later || rendered.owed.is_empty() && !site.search;
    let insight = Arc::new(Insight { site, schema, sources, guide: resolved });
    memo.end(looked_at_all, is_passing, || Last {
        tree: tree.clone(),
        basis,
        shared,
        insight: insight.clone(),
        rendered,
        output: output.clone(),
        ledger,
        findings: beside,
        located: located.clone(),
        texts,
        searched,
    });
    Build {
        output,
        findings: located,
        fatal: false,
        base_path,
        incomplete,
        redirects,
        is_passing,
        is_whole,
        is_opening,
        stats,
        insight: Some(insight),
    }
}

/// The search of a site, as the next build may take it over.
#[derive(Debug, Default)]
pub struct Searched {
    /// Its files.
    pub files: Vec<(SitePath, Entry)>,
    /// The phrases that do not find their page.
    pub findings: Vec<Finding>,
}

/// Every page file with the digest of what it translates, if it translates anything.
pub fn sources_of(tree: &Tree, options: &Options) -> Vec<(SitePath, Option<Digest>)> {
    let (target, base_url) = (options.target.as_deref(), options.base_url.as_deref());
    let Some((site, schema)) = settings::read(tree, target, base_url, &mut Vec::new()) else { return Vec::new() };
    let memo = Memo::for_one_build();
    let (theme, _) = theme::load(tree, &site.theme, Span::default());
    let tables = (&memo.parse, &memo.data, &memo.uses);
    let (sources, _) = sources::read(tree, &site, &schema, &theme.components, tables, None);
    let source = |own: &Parsed| {
        let mut pages = sources.pages.iter();
        let is_source = |other: &&Arc<Parsed>| other.page.id == own.page.id && other.page.lang == site.language;
        pages.find(is_source).filter(|_| own.page.lang != site.language).map(|source| source.words)
    };
    sources.pages.iter().map(|own| (own.page.path.clone(), source(own))).collect()
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

fn theme_span(settings: &[u8], theme: &str) -> Option<Span> {
    let text = std::str::from_utf8(settings).ok()?;
    let at = text.find(&format!("theme: {theme}"))? + "theme: ".len();
    Some(Span::new(at..at + theme.len()))
}
