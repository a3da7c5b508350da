//! What builds remember from one to the next.

use super::{Insight, Searched};
use crate::{
    assets::gallery::Made,
    base::{digest::Digest, finding::Finding, memo::Table, path::SitePath},
    check::{
        links::Ledger,
        locate::Positions,
        texts::{Text, Texts},
    },
    emit::output::{Entry, Output},
    load::{data::DataFile, glossary::Uses, page::Parsed},
    render::{
        html::Highlights,
        rendered::{Laid, Rendered, Words},
    },
    report::findings::Findings,
    resolve::guide::Guide,
    source::{store::Store, tree::Tree},
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// What builds remember from one to the next. See DESIGN.md, section 2.
#[derive(Debug, Default)]
pub struct Memo {
    /// Pages as read, by file.
    pub parse: Table<SitePath, Arc<Parsed>>,
    /// Data files as read.
    pub data: Table<SitePath, Arc<DataFile>>,
    /// The words of the glossary that each page uses.
    pub uses: Table<SitePath, Arc<Uses>>,
    /// What was found in the texts of pages, by file.
    pub texts: Texts,
    /// The guide.
    pub guide: Table<(), Arc<(Guide, Vec<Finding>)>>,
    /// Pictures as made ready.
    pub pictures: Table<SitePath, Arc<Made>>,
    /// Where their bytes are kept.
    pub store: Store,
    /// Coloured code. Never swept: a page that is laid out again asks for all of its own.
    pub highlights: Highlights,
    /// Pages as laid out, by output path.
    pub layout: Table<SitePath, Laid>,
    /// The templates and words of the theme.
    pub words: Table<(), Arc<Words>>,
    /// The files of the search.
    pub search: Table<(), Arc<Searched>>,
    /// Lines and columns of what findings speak of.
    pub positions: Positions,
    /// How many pages the build that runs has laid out so far: for whoever waits for it.
    pub progress: Arc<AtomicU32>,
    /// The build before this one, in a process that builds again.
    pub last: Option<Last>,
    /// Whether that is kept.
    remembers: bool,
    /// Pages that are to be looked at, whatever is remembered of them.
    wanted: BTreeSet<SitePath>,
}

/// A build, as the next one leans on it when nothing differs but texts of pages.
#[derive(Debug)]
pub struct Last {
    /// The files.
    pub tree: Tree,
    /// The digest of the settings.
    pub basis: Digest,
    /// The digest of everything that all pages are made of.
    pub shared: Digest,
    /// What was read and resolved.
    pub insight: Arc<Insight>,
    /// The pages.
    pub rendered: Rendered,
    /// Everything that goes on the wire.
    pub output: Output,
    /// Which addresses there are.
    pub ledger: Ledger,
    /// What is wrong beside single pages and the guide.
    pub findings: Arc<[Finding]>,
    /// What was found in the texts of pages.
    pub texts: Vec<Arc<Text>>,
    /// The search.
    pub searched: Arc<Searched>,
    /// All findings, located.
    pub located: Findings,
}

impl Memo {
    /// A memo for a process that builds again and again.
    pub fn for_watching() -> Memo {
        Memo { remembers: true, ..Memo::default() }
    }

    /// A memo for a process that builds once and leaves nothing for the next.
    pub fn for_one_build() -> Memo {
        Memo {
            parse: Table::forgetful(),
            data: Table::forgetful(),
            uses: Table::forgetful(),
            texts: Table::forgetful(),
            guide: Table::forgetful(),
            pictures: Table::forgetful(),
            store: Store::default(),
            highlights: Table::forgetful(),
            layout: Table::forgetful(),
            words: Table::forgetful(),
            search: Table::forgetful(),
            positions: Table::forgetful(),
            progress: Arc::default(),
            last: None,
            remembers: false,
            wanted: BTreeSet::new(),
        }
    }

    /// Has pages made anew at the next build.
    pub fn make_anew(&mut self, pages: &BTreeSet<SitePath>) {
        if !pages.is_empty() {
            self.layout.forget(|path| pages.contains(path));
            self.wanted.extend(pages.iter().cloned());
        }
    }

    /// Lets go of the bytes of finished pages that stand elsewhere too, as `is_kept` says: whoever needs them reads
    /// them there, or has the page made anew.
    pub fn put_down(&mut self, is_kept: impl Fn(Digest) -> bool) {
        let put_down = |laid: &mut Laid| {
            // A page that could not be made is nothing to keep.
            if laid.len > 0 && is_kept(laid.digest) {
                laid.bytes = None;
            }
        };
        self.layout.change(put_down);
        let Some(Last { rendered, output, .. }) = &mut self.last else { return };
        let pages = std::mem::take(&mut rendered.pages).into_iter().map(|(path, (number, mut laid))| {
            put_down(&mut laid);
            if let Some(entry) = output.files.get_mut(&path).filter(|entry| entry.digest == laid.digest) {
                *entry = Entry::of_page(&laid);
            }
            (path, (number, laid))
        });
        rendered.pages = pages.collect();
    }

    /// Begins a build; gives the one before, and the pages that were asked for.
    pub fn begin(&mut self) -> (Option<Last>, BTreeSet<SitePath>) {
        self.parse.begin();
        self.data.begin();
        self.uses.begin();
        self.texts.begin();
        self.guide.begin();
        self.pictures.begin();
        self.highlights.begin();
        self.layout.begin();
        self.words.begin();
        self.search.begin();
        self.positions.begin();
        self.progress.store(0, Ordering::Relaxed);
        (self.last.take(), std::mem::take(&mut self.wanted))
    }

    /// Ends a build. One that looked at everything forgets what it did not ask for. `last` is what the next
    /// one may lean on; one that met a file which changed while it was read is nothing to lean on.
    pub fn end(&mut self, looked_at_all: bool, is_passing: bool, last: impl FnOnce() -> Last) {
        if looked_at_all {
            self.sweep();
        }
        if is_passing {
            // Such a file may be another one next time, whatever its digest.
            let passing = |findings: &[Finding]| findings.iter().any(Finding::is_passing);
            self.parse.forget_values(|parsed| passing(&parsed.findings));
            self.layout.forget_values(|laid| passing(&laid.findings));
            self.texts.forget(|_| true);
            self.uses.forget_values(|uses| uses.is_passing);
        } else if self.remembers {
            self.last = Some(last());
        }
    }

    fn sweep(&mut self) {
        self.parse.sweep();
        self.data.sweep();
        self.uses.sweep();
        self.texts.sweep();
        self.guide.sweep();
        self.pictures.sweep();
        self.layout.sweep();
        self.words.sweep();
        self.search.sweep();
        self.positions.sweep();
    }
}
