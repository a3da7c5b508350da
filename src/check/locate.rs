//! Findings with their lines and their weight: what reports show.

use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Mark, Place},
        memo::Table,
        path::SitePath,
        span::{Position, Span},
    },
    load::sources::Sources,
    report::{findings::Findings, located::Located},
    resolve::guide::Guide,
    settings::site::Site,
    source::tree::Tree,
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Where spans of files are, by the digest of the file: a site may have a note on each of its pages, and
/// an edit of one page must not read all of them again.
pub type Positions = Table<(SitePath, Span), (Position, Position, Span)>;

/// Locates and weighs the findings, in the order of files and lines, each once. `before` are those of the
/// build before, and the files of which `findings` are all there is now: the others stay.
pub fn locate(
    findings: Vec<Finding>,
    before: Option<&(&Findings, BTreeSet<SitePath>)>,
    tree: &Tree,
    site: &Site,
    sources: &Sources,
    guide: Option<&Guide>,
    positions: &Positions,
) -> Findings {
    // Each thread reads a file once, however many of its findings come to it.
    let locate = |texts: &mut BTreeMap<SitePath, String>, finding: Finding| {
        let severity = site.levels.of(finding.rule)?;
        let Place { file, mark } = &finding.place;
        let parsed = sources.page(file).map(|(_, parsed)| parsed);
        let elsewhere = parsed.and_then(|parsed| parsed.places.elsewhere(mark));
        let (file, mark) = elsewhere.map_or((file, mark.clone()), |(file, span)| (file, Mark::Span(span)));
        let (parsed, mark) = (parsed.filter(|_| elsewhere.is_none()), &mark);
        let span = match (parsed, mark) {
            (Some(parsed), mark) => parsed.places.span(mark),
            (None, Mark::Span(span)) => Some(*span),
            _ => None,
        };
        let find = |span: Span| {
            let digest = || tree.files.get(file).map_or_else(|| Digest::of(b""), |file| file.digest);
            positions.get(&(file.clone(), span), digest, || {
                let text = texts.entry(file.clone()).or_insert_with(|| text_of(tree, file));
                let range = span.within(text);
                (Position::of(text, range.start), Position::of(text, range.end), Span::new(range))
            })
        };
        // Of a file as a whole no text is needed: it may be a picture of many megabytes.
        let found = span.map(find);
        let (start, end, _) = found.unwrap_or((FIRST, FIRST, Span::default()));
        Some(Arc::new(Located {
            start,
            end,
            span: found.map(|(.., span)| (span.start, span.end)),
            rule: finding.rule.code().into(),
            severity,
            message: finding.message,
            help: finding.help,
            url: guide.and_then(|guide| url(site, sources, guide, file)),
            file: file.clone(),
        }))
    };
    let reports: Vec<Arc<Located>> = findings.into_par_iter().map_init(BTreeMap::new, locate).flatten_iter().collect();
    match before {
        Some((located, files)) => located.renew(files, reports.into()),
        None => reports.into(),
    }
}

/// Where a file begins.
const FIRST: Position = Position { line: 1, column: 1 };

/// The address of the page of a file. A page that stands in for a translation has the file of another,
/// which comes before it.
fn url(site: &Site, sources: &Sources, guide: &Guide, file: &SitePath) -> Option<String> {
    let (number, _) = sources.page(file)?;
    Some(site.href(&guide.page(guide.authored(number)?).url))
}

/// The text of a file.
pub fn text_of(tree: &Tree, path: &str) -> String {
    let bytes = tree.files.get(path).and_then(|file| Some(file.bytes().ok()?.into_owned()));
    // What comes before the first byte that is not UTF-8 keeps its place.
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}
