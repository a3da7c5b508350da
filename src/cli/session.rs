//! What the commands share: reading the site, the cache, building, and printing what was found.

use super::args::{Common, Format};
use crate::{
    assets::gallery::Kept,
    base::{date::Date, digest::Digest, memo::Table, path::SitePath},
    build::{Build, Memo, Options, Slow, Stats, build, sources_of},
    check::texts::Text,
    emit::output::{Content, Entry, Output},
    load::{glossary::Uses, page::Parsed},
    render::rendered::Laid,
    report::{findings::Findings, json, located::Located, sarif, terminal},
    source::{
        cache::{self, FOLDER, Record},
        pack::Pack,
        store::Store,
        walk::{Walk, walk},
    },
};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU32},
};

/// The exit codes (DESIGN.md, section 6).
pub mod exit {
    /// All is well.
    pub const GOOD: u8 = 0;
    /// The site has errors.
    pub const ERRORS: u8 = 1;
    /// The command, the machine, or a guide.yaml that cannot be read at all.
    pub const FAILED: u8 = 2;
}

/// So many pieces of coloured code are kept from one process to the next.
const MOST_HIGHLIGHTS: usize = 50_000;

/// A site that is being worked on by one command.
#[derive(Debug)]
pub struct Session {
    /// The flags.
    pub common: Common,
    /// What a build depends on beside the files.
    pub options: Options,
    /// The folder of the site.
    pub site: PathBuf,
    /// The site as it was last looked at.
    pub walk: Walk,
    cache: Option<PathBuf>,
    memo: Memo,
    /// Whether the memo holds what the last process left.
    loaded: bool,
    /// Whether the record of the last process had entries that it could not trust.
    stale_record: bool,
}

/// The outcome of a whole build, for the process after this one: when every input is the same,
/// so is the result, and nothing else of the cache need be read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Whole {
    input: Option<Digest>,
    files: Vec<(SitePath, Digest, u64)>,
    findings: Vec<Arc<Located>>,
    base_path: String,
    redirects: Vec<(String, String)>,
    stats: Stats,
}

impl Session {
    /// Reads the site.
    ///
    /// # Errors
    /// When the folder is not there, or the flags contradict the machine.
    pub fn open(common: &Common) -> Result<Session> {
        if !common.site.is_dir() {
            bail!("there is no folder {}\nhelp: name the folder of the site with --site", common.site.display());
        }
        let options = Options {
            slow: Slow::Now,
            today: today(common)?,
            drafts: common.drafts,
            base_url: common.base_url.clone(),
            target: common.target.clone(),
        };
        let cache = (!common.no_cache).then(|| common.site.join(FOLDER));
        let known: Record = cache.as_ref().and_then(|cache| cache::load(cache, "inputs")).unwrap_or_default();
        let walk = walk(&common.site, &known);
        let mut memo = if common.no_cache { Memo::for_one_build() } else { Memo::default() };
        if let Some(cache) = &cache {
            memo.store = Store::at(&cache.join("pictures"));
        }
        Ok(Session {
            common: common.clone(),
            options,
            site: common.site.clone(),
            cache,
            walk,
            memo,
            loaded: false,
            stale_record: known.has_young(),
        })
    }

    /// Builds the site; the result may lean on what the last build left in the output folder.
    pub fn build(&mut self) -> Build {
        if let Some(built) = self.believed() {
            return built;
        }
        let input = self.input();
        self.load();
        let mut built = build(&self.walk.tree, &self.options, &mut self.memo);
        if !built.incomplete.is_empty() {
            built = self.build_anew(&built.incomplete);
        }
        self.save(input, &built);
        built
    }

    /// What the last process built, when nothing has changed since: every file is kept.
    pub fn believed(&mut self) -> Option<Build> {
        let cache = self.cache.as_ref().filter(|_| !self.loaded)?;
        let whole: Whole = cache::load(cache, "whole")?;
        if whole.input != Some(self.input()) {
            return None;
        }
        if self.stale_record {
            self.walk.record.seal(cache);
            // A record that cannot be written costs time and nothing else.
            let _ = cache::save(cache, "inputs", &self.walk.record);
        }
        let entry = |(path, digest, len)| (path, Entry { digest, len, content: Content::Kept });
        Some(Build {
            output: Output { files: whole.files.into_iter().map(entry).collect() },
            findings: whole.findings.into(),
            base_path: whole.base_path,
            redirects: whole.redirects.into(),
            is_whole: true,
            stats: Stats { parsed: 0, laid_out: 0, ..whole.stats },
            ..Build::default()
        })
    }

    /// The pages that the last server left.
    pub fn pack(&self) -> Option<Pack> {
        Pack::open(self.cache.as_ref()?)
    }

    /// Builds again, making these files anew: they were to be kept, and are not there.
    pub fn build_anew(&mut self, missing: &BTreeSet<SitePath>) -> Build {
        self.load();
        self.memo.make_anew(missing);
        build(&self.walk.tree, &self.options, &mut self.memo)
    }

    /// As [`Session::open`], for a process that builds again and again.
    ///
    /// # Errors
    /// As there.
    pub fn watching(common: &Common) -> Result<Session> {
        let mut session = Session::open(common)?;
        session.forget();
        session.loaded = false;
        Ok(session)
    }

    /// Builds the site as it was last looked at; these pages are made anew, whatever is remembered.
    pub fn rebuild(&mut self, wanted: &BTreeSet<SitePath>, slow: Slow) -> Build {
        self.options.slow = slow;
        let built = self.build_anew(wanted);
        match built.incomplete.is_empty() {
            true => built,
            false => self.build_anew(&built.incomplete),
        }
    }

    /// Forgets everything: after a build that crashed nothing can be relied on.
    pub fn forget(&mut self) {
        self.loaded = true;
        let store = std::mem::take(&mut self.memo.store);
        self.memo = Memo::for_watching();
        self.memo.store = store;
    }

    /// How many pages the build that runs has laid out so far.
    pub fn progress(&self) -> Arc<AtomicU32> {
        self.memo.progress.clone()
    }

    /// Whether anything is left for the next process.
    pub fn has_cache(&self) -> bool {
        self.cache.is_some()
    }

    /// Leaves what is remembered for the next process.
    pub fn keep(&mut self) {
        if self.has_cache() {
            let built = self.rebuild(&BTreeSet::new(), Slow::Now);
            self.save(self.input(), &built);
        }
    }

    /// Leaves what is remembered for the next process, and the finished pages, for the next server to show at once.
    /// `built` is what was just built, and `old` the pack that has those of its pages which are not in memory. From
    /// then on none need be: the pack that is given has them.
    pub fn keep_pages(&mut self, built: &Build, old: Option<&Pack>) -> Option<Pack> {
        let cache = self.cache.clone().filter(|_| !built.fatal)?;
        self.save(self.input(), built);
        let pieces = built.output.files.values().filter_map(|entry| piece(entry, old));
        // As with all of the cache: without it the next start is only slower.
        Pack::write(&cache, pieces).ok()?;
        let pack = self.pack()?;
        self.memo.put_down(|digest| pack.has(digest));
        Some(pack)
    }

    /// The digest of everything that a build depends on.
    fn input(&self) -> Digest {
        Digest::of_value(&(self.walk.tree.digest(), &self.options))
    }

    fn load(&mut self) {
        if std::mem::replace(&mut self.loaded, true) {
            return;
        }
        let Some(cache) = &self.cache else { return };
        let (parse, layout) = rayon::join(
            || cache::load_list::<(SitePath, Digest, Parsed)>(cache, "parse"),
            || cache::load_list::<(SitePath, Digest, Laid)>(cache, "layout"),
        );
        let parse = parse.unwrap_or_default().into_iter();
        self.memo.parse = Table::from_list(parse.map(|(path, input, parsed)| (path, input, parsed.into())).collect());
        self.memo.layout = Table::from_list(layout.unwrap_or_default());
        let uses: Vec<(SitePath, Digest, Uses)> = cache::load(cache, "uses").unwrap_or_default();
        self.memo.uses =
            Table::from_list(uses.into_iter().map(|(path, input, uses)| (path, input, uses.into())).collect());
        let texts: Vec<(SitePath, Digest, Text)> = cache::load(cache, "texts").unwrap_or_default();
        self.memo.texts =
            Table::from_list(texts.into_iter().map(|(path, input, text)| (path, input, text.into())).collect());
        let kept: Vec<(SitePath, Digest, Kept)> = cache::load(cache, "pictures-made").unwrap_or_default();
        let store = &self.memo.store;
        let found = kept.into_iter().filter_map(|(path, input, kept)| Some((path, input, kept.found(store)?.into())));
        self.memo.pictures = Table::from_list(found.collect());
        let highlights: Vec<(Digest, Digest, Option<String>)> = cache::load(cache, "highlights").unwrap_or_default();
        let highlights = highlights.into_iter().map(|(key, input, html)| (key, input, html.map(Arc::from)));
        self.memo.highlights = Table::from_list(highlights.collect());
    }

    /// Keeps what is remembered of glossary, pictures and code.
    fn save_lesser(&self, cache: &Path) -> io::Result<()> {
        let uses = self.memo.uses.to_list();
        let uses: Vec<_> = uses.iter().map(|(path, input, uses)| (path, input, &**uses)).collect();
        cache::save(cache, "uses", &uses)?;
        let texts = self.memo.texts.to_list();
        let texts: Vec<_> = texts.iter().map(|(path, input, text)| (path, input, &**text)).collect();
        cache::save(cache, "texts", &texts)?;
        let pictures = self.memo.pictures.to_list();
        let kept: Vec<_> = pictures.iter().map(|(path, input, made)| (path, input, Kept::of(made))).collect();
        cache::save(cache, "pictures-made", &kept)?;
        self.memo.store.sweep(&pictures.iter().flat_map(|(.., made)| made.digests()).collect());
        let highlights = self.memo.highlights.to_list();
        // Old code is never forgotten one by one, so now and then all of it is.
        let highlights = if highlights.len() > MOST_HIGHLIGHTS { Vec::new() } else { highlights };
        let highlights: Vec<_> = highlights.iter().map(|(key, input, html)| (key, input, html.as_deref())).collect();
        cache::save(cache, "highlights", &highlights)
    }

    fn save(&mut self, input: Digest, built: &Build) {
        let Some(cache) = &self.cache.clone() else { return };
        // What could not be read this time may be readable next time, with the same digest.
        if built.findings.iter().any(|finding| finding.rule == "read/file") {
            return;
        }
        // A cache that cannot be written costs time and nothing else.
        let mut run = || -> io::Result<()> {
            let files = built.output.files.iter().map(|(path, entry)| (path.clone(), entry.digest, entry.len));
            let whole = Whole {
                input: (!built.fatal).then_some(input),
                files: files.collect(),
                findings: built.findings.iter().cloned().collect(),
                base_path: built.base_path.clone(),
                redirects: built.redirects.to_vec(),
                stats: built.stats,
            };
            fs::create_dir_all(cache)?;
            self.walk.record.seal(cache);
            cache::save(cache, "inputs", &self.walk.record)?;
            let parse = self.memo.parse.to_list();
            let parse: Vec<_> = parse.iter().map(|(path, input, parsed)| (path, input, &**parsed)).collect();
            let (parse, layout) = rayon::join(
                || cache::save_list(cache, "parse", &parse),
                || cache::save_list(cache, "layout", &self.memo.layout.to_list()),
            );
            parse.and(layout)?;
            self.save_lesser(cache)?;
            cache::save(cache, "whole", &whole)
        };
        if let Err(error) = run()
            && self.common.verbose
        {
            eprintln!("the cache cannot be written: {error}");
        }
    }

    /// The digest of what the translation in that file translates.
    ///
    /// # Errors
    /// When there is no such file, or it translates nothing.
    pub fn source_of(&mut self, path: &str) -> Result<String> {
        let found = sources_of(&self.walk.tree, &self.options).into_iter().find(|(own, _)| **own == *path);
        match found {
            Some((_, Some(digest))) => Ok(digest.short()),
            Some((_, None)) => {
                bail!("{path} is no translation\nhelp: a translation is named like page.es.md, beside page.md")
            }
            None => bail!("there is no page {path}\nhelp: name the file of a translation, like content/about.es.md"),
        }
    }

    /// The output folder.
    pub fn output(&self) -> PathBuf {
        self.common.output()
    }

    /// The record of what is in the output folder, and the name that it is kept under.
    pub fn delivered(&self) -> (Record, String) {
        let folder = self.output();
        let real = fs::canonicalize(&folder).unwrap_or(folder);
        let name = format!("delivered-{}", Digest::of(real.as_os_str().as_encoded_bytes()).short());
        let record = self.cache.as_ref().and_then(|cache| cache::load(cache, &name)).unwrap_or_default();
        (record, name)
    }

    /// Keeps that record for the next process.
    pub fn keep_delivered(&self, mut record: Record, name: &str) {
        if let Some(cache) = &self.cache {
            record.seal(cache);
            // As with the rest of the cache: without it the next build is only slower.
            let _ = cache::save(cache, name, &record);
        }
    }

    /// Prints the findings in the form asked for. `notes` shows notes to a person too.
    pub fn print(&self, findings: &Findings, notes: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self.common.format {
            Format::Json => out.write_all(json::lines(findings).as_bytes()),
            Format::Sarif => writeln!(out, "{:#}", sarif::document(findings)),
            Format::Human => {
                let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
                let text = |file: &str| {
                    let bytes = self.walk.tree.files.get(file).and_then(|file| Some(file.bytes().ok()?.into_owned()));
                    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
                };
                out.write_all(terminal::render(findings, text, notes, colour).as_bytes())
            }
        }
    }

    /// A line on standard error, unless `--quiet`.
    pub fn say(&self, line: &str) {
        if !self.common.quiet {
            terminal::say(line);
        }
    }

    /// The exit code that the findings ask for.
    pub fn code(built: &Build) -> u8 {
        match (built.fatal, built.findings.counts().errors) {
            (true, _) => exit::FAILED,
            (false, 0) => exit::GOOD,
            _ => exit::ERRORS,
        }
    }
}

/// The bytes of an output file that a pack should keep: of those that are no copies of input files.
fn piece<'a>(entry: &'a Entry, old: Option<&Pack>) -> Option<(Digest, Cow<'a, [u8]>)> {
    let bytes = match &entry.content {
        Content::Bytes(bytes) => Cow::Borrowed(&bytes[..]),
        Content::Kept => Cow::Owned(old?.get(entry.digest)?),
        Content::Copy(_) => return None,
    };
    Some((entry.digest, bytes))
}

/// `--today`, else `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>),
/// else the machine's date in UTC: asked for once, here.
fn today(common: &Common) -> Result<Date> {
    if let Some(today) = common.today {
        return Ok(today);
    }
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.trim().parse().context("SOURCE_DATE_EPOCH is not a number of seconds")?,
        Err(_) => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(0, |now| now.as_secs() as i64)
        }
    };
    Date::from_unix(seconds).context("the date is out of the calendar")
}
