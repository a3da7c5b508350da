//! Finished pages, and which of them a build has to look at.

use super::{
    reads::{Changed, Read},
    references,
    strings::Strings,
    templates::Templates,
};
use crate::{
    assets::theme::Theme,
    base::{
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
    },
    resolve::guide::PageNo,
};
use bytes::Bytes;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
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
    /// What it refers to, as [`References::here`](references::References::here).
    pub references: Arc<[u64]>,
    /// What a search finds of it, as [`Searchable`](crate::search::found::Searchable) packs it; `None` where
    /// it is not to be found.
    pub searchable: Option<Arc<[u8]>>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What its view was made of; not kept between processes.
    #[serde(skip)]
    pub reads: Arc<[Read]>,
}

/// What rendering gives. A copy of it shares everything with the original.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// The pages by output path.
    pub pages: OrdMap<SitePath, (PageNo, Laid)>,
    /// The pages at old addresses, which send readers on or say that nothing is there any more: the old
    /// path, and the page.
    pub redirects: Arc<[(String, String)]>,
    /// The copies of pages in Markdown, by output path.
    pub copies: OrdMap<SitePath, Bytes>,
    /// What is wrong beside what is wrong with single pages.
    pub findings: Vec<Finding>,
    /// The digest of what all pages of each language share.
    pub commons: BTreeMap<Lang, Digest>,
    /// The pages that have findings of their own.
    pub noisy: BTreeSet<SitePath>,
    /// Pages that are still as an earlier build made them, and have to be looked at.
    pub owed: BTreeSet<PageNo>,
}

impl Rendered {
    /// Everything that is wrong.
    pub fn all_findings(&self) -> Vec<Finding> {
        let of_pages = self.noisy.iter().filter_map(|path| self.pages.get(path)).flat_map(|(_, laid)| &laid.findings);
        let mut findings = self.findings.clone();
        findings.extend(once(of_pages));
        findings
    }
}

/// The pages that a step has to look at.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All of them.
    All,
    /// These; nothing that the others are made of differs from the build before, which made this.
    Only(&'a BTreeSet<PageNo>, &'a Rendered),
    /// Those whose view is made of something that has changed since the build before, which made this; all of them
    /// where what they share has changed.
    Since(&'a Changed, &'a Rendered),
}

/// What pages are laid out with: the templates of a theme, and its words in each language.
#[derive(Debug)]
pub struct Words {
    /// The templates, if they can be used.
    pub templates: Option<Templates>,
    /// The words.
    pub strings: BTreeMap<Lang, Strings>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

impl Words {
    /// Reads them.
    pub fn new(theme: &Theme, languages: &BTreeSet<Lang>) -> Words {
        let (templates, mut findings) = Templates::new(theme);
        let mut strings = BTreeMap::new();
        for lang in languages {
            let (own, troubles) = Strings::new(theme, lang);
            findings.extend(troubles);
            strings.insert(lang.clone(), own);
        }
        Words { templates, strings, findings }
    }
}

/// A page whose HTML is whole.
pub fn finished(html: String, file: &SitePath, url: &str) -> Laid {
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
        searchable: None,
        reads: Arc::default(),
        // In a place of its own size: an allocator that shrinks keeps up to half of what was spare.
        bytes: Some(Bytes::copy_from_slice(html.as_bytes())),
    }
}

/// A page that could not be laid out: nothing of it may be published.
pub fn unfinished(finding: Finding) -> Laid {
    Laid {
        digest: Digest::of(b""),
        len: 0,
        bytes: Some(Bytes::new()),
        references: Arc::from([]),
        searchable: None,
        reads: Arc::default(),
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
