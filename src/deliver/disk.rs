//! Writing a finished site into a folder, so that a build that fails changes nothing, each file is
//! at every instant whole, old or new, and the next build completes an interrupted one.
//!
//! Only files whose bytes differ are written, each to a temporary name and renamed over. What the
//! folder holds is told by looking at it, not by believing the manifest; the manifest
//! (`.guidewright.json`) only says what guidewright may remove. Before the first write it lists
//! the old files and the new, so that whatever a killed build leaves behind is known to the next.

use crate::{
    base::{digest::Digest, path::SitePath},
    emit::output::{Content, Entry, Output},
    source::{
        cache::{Record, Stamp},
        tree,
        walk::plain,
    },
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};
use thiserror::Error;

/// The file by which guidewright knows a folder as its own.
pub const MANIFEST: &str = ".guidewright.json";

/// Where files are written before they are renamed; in the folder itself, so that a rename is
/// one step.
const WORKSHOP: &str = ".guidewright-tmp";

/// Why a site could not be written.
#[derive(Debug, Error)]
pub enum Failure {
    /// The folder is not guidewright's.
    #[error(
        "{0} holds files that guidewright did not write, so it is not touched.\nhelp: name another folder with --output, or empty this one yourself."
    )]
    Foreign(String),
    /// The folder is the site, or holds it.
    #[error(
        "{0} is the site itself, a folder above it, or one that it is read from, so it is not touched.\nhelp: name another folder with --output."
    )]
    Site(String),
    /// Another process writes there.
    #[error("another guidewright is writing to {0}.\nhelp: wait for it to end, then build again.")]
    Busy(String),
    /// The disk said no.
    #[error(
        "{path} cannot be written: {why}.\nhelp: nothing already there is lost. Mend the disk or its permissions, then build again."
    )]
    Disk {
        /// The file.
        path: String,
        /// In plain words.
        why: String,
    },
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files written.
    pub written: usize,
    /// Files left as they were.
    pub kept: usize,
    /// Files removed.
    pub removed: usize,
}

/// The result of a delivery.
#[derive(Debug)]
pub enum Delivery {
    /// It is done.
    Done(Written),
    /// These files are kept from the last build, but are not there any more; nothing was written.
    Missing(BTreeSet<SitePath>),
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// The form of this file.
    version: u32,
    /// Files and their digests; during a write, all that may be there.
    files: BTreeMap<SitePath, String>,
}

/// Writes `output` into `folder`; `site` is the folder of the site. `seen` are the stamps of what
/// was found there last time, and is brought up to date.
///
/// # Errors
/// Before anything was touched: [`Failure::Foreign`], [`Failure::Site`], [`Failure::Busy`]. In
/// the middle: [`Failure::Disk`]; every file is whole, and the next build completes the write.
pub fn write(output: &Output, folder: &Path, site: &Path, seen: &mut Record) -> Result<Delivery, Failure> {
    let folder = &plain_path(folder);
    let manifest = claim(folder, site)?;
    // Nothing upstream makes such a path; if something ever does, it must not reach the disk.
    let leaves = |path: &&SitePath| path.split('/').any(|part| part.is_empty() || part == "." || part == "..");
    if let Some(path) = output.files.keys().find(leaves) {
        return Err(Failure::Disk { path: path.to_string(), why: "it leads out of the output folder".into() });
    }
    let fresh = Manifest {
        version: 1,
        files: output.files.iter().map(|(path, entry)| (path.clone(), entry.digest.hex())).collect(),
    };
    let look = Look::at(output, folder, seen, &manifest);
    if !look.missing.is_empty() {
        return Ok(Delivery::Missing(look.missing));
    }
    if look.is_done() && manifest.files == fresh.files && folder.join(MANIFEST).exists() {
        record(&look.plans, folder, seen);
        return Ok(Delivery::Done(Written { kept: look.plans.len(), ..Written::default() }));
    }

    // Another build may have written while this one looked: under the lock it looks once more.
    let workshop = Workshop::open(folder)?;
    let manifest = claim(folder, site)?;
    let look = Look::at(output, folder, seen, &manifest);
    if !look.missing.is_empty() {
        workshop.close();
        return Ok(Delivery::Missing(look.missing));
    }
    let (writes, stale) = (look.writes(), &look.stale);
    let mut all = Manifest { version: 1, files: manifest.files.clone() };
    all.files.extend(fresh.files.clone());
    workshop.manifest(&all)?;
    for path in stale {
        make_way(folder, path, output)?;
    }
    // Assets before the pages that load them, entry points last.
    for step in [Step::Asset, Step::Page, Step::Entry] {
        let group: Vec<_> = writes.iter().filter(|(path, _)| Step::of(path) == step).collect();
        let folders: BTreeSet<&str> = group.iter().map(|(path, _)| path.folder()).collect();
        for path in folders.into_iter().filter(|path| !path.is_empty()) {
            fs::create_dir_all(folder.join(path)).map_err(|error| disk(path, &error))?;
        }
        group.par_iter().try_for_each(|(path, entry)| workshop.place(path, entry))?;
    }
    let mut removed = 0;
    for path in stale {
        removed += usize::from(remove(folder, path)?);
    }
    workshop.manifest(&fresh)?;
    workshop.close();
    record(&look.plans, folder, seen);
    Ok(Delivery::Done(Written { written: writes.len(), kept: look.plans.len() - writes.len(), removed }))
}

/// Removes everything that the manifest says guidewright wrote; gives the number of files.
///
/// # Errors
/// As [`write`].
pub fn clean(folder: &Path, site: &Path) -> Result<usize, Failure> {
    if !folder.join(MANIFEST).exists() {
        return Ok(0);
    }
    let folder = &plain_path(folder);
    let manifest = claim(folder, site)?;
    let mut removed = 0;
    for path in manifest.files.keys() {
        removed += usize::from(remove(folder, path)?);
    }
    fs::remove_file(folder.join(MANIFEST)).map_err(|error| disk(MANIFEST, &error))?;
    let _ = fs::remove_dir_all(folder.join(WORKSHOP));
    Ok(removed)
}

/// The path without `.` and `..`, worked out on paper: `new/..` must mean the folder that holds
/// `new` before there is a `new`, so that no detour leads into the site.
fn plain_path(folder: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(folder).unwrap_or_else(|_| folder.into()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                // Behind a symbolic link `..` is where the link leads.
                plain = fs::canonicalize(&plain).unwrap_or(plain);
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// What a look at the folder found.
struct Look<'a> {
    plans: Vec<(&'a SitePath, &'a Entry, Plan)>,
    /// Files that were to be kept and are not there.
    missing: BTreeSet<SitePath>,
    /// Files of the manifest that the site does not have any more.
    stale: Vec<SitePath>,
}

impl<'a> Look<'a> {
    fn at(output: &'a Output, folder: &Path, seen: &Record, manifest: &Manifest) -> Look<'a> {
        let files: Vec<_> = output.files.iter().collect();
        let plans: Vec<_> =
            files.par_iter().map(|(path, entry)| (*path, *entry, plan(folder, path, entry, seen))).collect();
        let is_missing = |(_, entry, plan): &&(_, &Entry, Plan)| {
            matches!(plan, Plan::Write) && matches!(entry.content, Content::Kept)
        };
        Look {
            missing: plans.iter().filter(is_missing).map(|(path, ..): &(&SitePath, _, _)| (*path).clone()).collect(),
            stale: manifest.files.keys().filter(|path| !output.files.contains_key(*path)).cloned().collect(),
            plans,
        }
    }

    /// The files to write.
    fn writes(&self) -> Vec<(&'a SitePath, &'a Entry)> {
        let to_write = self.plans.iter().filter(|(.., plan)| matches!(plan, Plan::Write));
        to_write.map(|(path, entry, _)| (*path, *entry)).collect()
    }

    /// Whether there is nothing to write and nothing to remove.
    fn is_done(&self) -> bool {
        self.stale.is_empty() && self.plans.iter().all(|(.., plan)| matches!(plan, Plan::Keep(_)))
    }
}

/// What is to be done about one file.
enum Plan {
    /// It is there as it should be, with this stamp.
    Keep(Stamp),
    /// It is missing or different.
    Write,
}

/// The order of writing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Asset,
    Page,
    Entry,
}

impl Step {
    fn of(path: &str) -> Step {
        match path {
            "index.html" | "sitemap.xml" | "robots.txt" | "feed.xml" => Step::Entry,
            _ if path.ends_with(".html") => Step::Page,
            _ => Step::Asset,
        }
    }
}

/// Makes sure that the folder may be written to, and reads its manifest.
fn claim(folder: &Path, site: &Path) -> Result<Manifest, Failure> {
    let name = || folder.display().to_string();
    let real = |path: &Path| fs::canonicalize(path).ok();
    if let (Some(folder), Some(site)) = (real(folder), real(site))
        && site.starts_with(&folder)
    {
        return Err(Failure::Site(name()));
    }
    if let (Some(folder), Some(site)) =
        (real(folder.ancestors().find(|path| path.exists()).unwrap_or(folder)), real(site))
        && ["content", "static", "themes"].iter().any(|source| folder.starts_with(site.join(source)))
    {
        return Err(Failure::Site(name()));
    }
    match fs::read(folder.join(MANIFEST)) {
        // A manifest that cannot be understood claims nothing; the folder then counts as foreign.
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Failure::Foreign(name())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let entries = match fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
                Err(error) => return Err(disk(&name(), &error)),
            };
            let foreign =
                entries.filter_map(Result::ok).any(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
            if foreign { Err(Failure::Foreign(name())) } else { Ok(Manifest::default()) }
        }
        Err(error) => Err(disk(MANIFEST, &error)),
    }
}

fn plan(folder: &Path, path: &SitePath, entry: &Entry, seen: &Record) -> Plan {
    let file = folder.join(&**path);
    let Ok(metadata) = fs::symlink_metadata(&file) else { return Plan::Write };
    if !metadata.is_file() || metadata.len() != entry.len {
        return Plan::Write;
    }
    let stamp = Stamp::of(&metadata);
    let digest = seen.digest(path, &stamp).or_else(|| {
        let (digest, _) = fs::File::open(&file).and_then(Digest::of_reader).ok()?;
        Some(digest)
    });
    if digest == Some(entry.digest) { Plan::Keep(stamp) } else { Plan::Write }
}

fn record(plans: &[(&SitePath, &Entry, Plan)], folder: &Path, seen: &mut Record) {
    let stamps: Vec<_> = plans
        .par_iter()
        .filter_map(|(path, entry, plan)| {
            let stamp = match plan {
                Plan::Keep(stamp) => *stamp,
                Plan::Write => Stamp::of(&fs::metadata(folder.join(&***path)).ok()?),
            };
            Some((*path, stamp, entry.digest))
        })
        .collect();
    *seen = Record::default();
    for (path, stamp, digest) in stamps {
        seen.set(path, stamp, digest);
    }
}

/// A stale file that stands where a folder must be, or below what must be a file, goes before the
/// new files come and not after.
fn make_way(folder: &Path, stale: &SitePath, output: &Output) -> Result<(), Failure> {
    let below = format!("{stale}/");
    let next = output.files.range(SitePath::from(below.as_str())..).next();
    let in_place_of_a_folder = next.is_some_and(|(path, _)| path.starts_with(&below));
    let above = stale.match_indices('/').map(|(at, _)| &stale[..at]);
    if in_place_of_a_folder || above.into_iter().any(|path| output.files.contains_key(path)) {
        remove(folder, stale)?;
    }
    Ok(())
}

/// Removes a file, and the folders that are empty without it; whether it was there.
fn remove(folder: &Path, path: &SitePath) -> Result<bool, Failure> {
    // The manifest is a file like any other: a path in it must not lead out of the folder.
    if path.split('/').any(|part| part == ".." || part.is_empty()) {
        return Ok(false);
    }
    let removed = match fs::remove_file(folder.join(&**path)) {
        Ok(()) => true,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
            ) =>
        {
            false
        }
        Err(error) => return Err(disk(path, &error)),
    };
    let mut parent = SitePath::from(path.folder());
    while !parent.is_empty() && fs::remove_dir(folder.join(&*parent)).is_ok() {
        parent = SitePath::from(parent.folder());
    }
    Ok(removed)
}

/// Where new files are made before they take their places.
struct Workshop<'a> {
    folder: &'a Path,
    path: PathBuf,
    next: AtomicU64,
    _lock: fs::File,
}

impl<'a> Workshop<'a> {
    fn open(folder: &'a Path) -> Result<Workshop<'a>, Failure> {
        let path = folder.join(WORKSHOP);
        let failed = |error: io::Error| disk(&path.display().to_string(), &error);
        fs::create_dir_all(&path).map_err(failed)?;
        let lock = fs::File::create(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(Failure::Busy(folder.display().to_string())),
            // A file system without locks is still one to write to.
            Err(fs::TryLockError::Error(_)) => {}
        }
        Ok(Workshop { folder, path, next: AtomicU64::new(0), _lock: lock })
    }

    fn close(self) {
        let _ = fs::remove_dir_all(&self.path);
    }

    fn manifest(&self, manifest: &Manifest) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n";
        let made = self.make().and_then(|(path, mut file)| {
            io::Write::write_all(&mut file, text.as_bytes())?;
            fs::rename(path, self.folder.join(MANIFEST))
        });
        made.map_err(|error| disk(MANIFEST, &error))
    }

    fn place(&self, path: &SitePath, entry: &Entry) -> Result<(), Failure> {
        let target = self.folder.join(&**path);
        let run = || -> io::Result<()> {
            let (temporary, mut file) = self.make()?;
            match &entry.content {
                Content::Bytes(bytes) => io::Write::write_all(&mut file, bytes)?,
                Content::Copy(source) => copy(source, &mut file)?,
                Content::Kept => return Err(io::Error::other("it is not at hand")),
            }
            drop(file);
            if let Err(error) = fs::rename(&temporary, &target) {
                // A folder that nothing stands in any more gives way.
                if error.kind() != io::ErrorKind::IsADirectory {
                    return Err(error);
                }
                fs::remove_dir(&target)?;
                fs::rename(&temporary, &target)?;
            }
            Ok(())
        };
        run().map_err(|error| disk(path, &error))
    }

    fn make(&self) -> io::Result<(PathBuf, fs::File)> {
        let path = self.path.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let file = fs::File::create(&path)?;
        Ok((path, file))
    }
}

/// Copies an input file piece by piece: it may be larger than the memory.
fn copy(source: &tree::File, to: &mut fs::File) -> io::Result<()> {
    match &source.content {
        tree::Content::Bytes(bytes) => io::Write::write_all(to, bytes),
        tree::Content::Disk(path) => io::copy(&mut fs::File::open(path)?, to).map(drop),
    }
}

fn disk(path: &str, error: &io::Error) -> Failure {
    Failure::Disk { path: path.into(), why: plain(error) }
}
