//! Writing a finished site into a folder, so that a build that fails changes nothing, each file is
//! at every instant whole, old or new, and the next build completes an interrupted one.
//!
//! Only files whose bytes differ are written, each to a temporary name and renamed over. What the
//! folder holds is told by looking at it, not by believing the manifest; the manifest
//! (`.guidewright.json`) only says what guidewright may remove. Before the first write it lists
//! the old files and the new, so that whatever a killed build leaves behind is known to the next.

use super::workshop::{Manifest, Workshop, disk, remove};
use crate::{
    base::{digest::Digest, path::SitePath},
    emit::output::{Content, Entry, Output},
    source::cache::{Record, Stamp},
};
use imbl::ordmap::DiffItem;
use rayon::prelude::*;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path, PathBuf},
    time::{Duration, Instant},
};

pub use super::workshop::{Failure, MANIFEST, Written};

/// The result of a delivery.
#[derive(Debug)]
pub enum Delivery {
    /// It is done.
    Done(Written),
    /// These files are kept from the last build, but are not there any more; nothing was written.
    Missing(BTreeSet<SitePath>),
}

/// Whether a path leads out of the output folder. Nothing upstream makes such a path; if something ever
/// does, it must not reach the disk.
fn leaves(path: &SitePath) -> bool {
    path.split('/').any(|part| part.is_empty() || part == "." || part == "..")
}

fn outside(path: &SitePath) -> Failure {
    Failure::Disk { path: path.to_string(), why: "it leads out of the output folder".into() }
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
    if let Some(path) = output.files.keys().find(|path| leaves(path)) {
        return Err(outside(path));
    }
    let fresh = Manifest::of(output);
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
    let mut claimed = manifest.files.clone();
    claimed.extend(fresh.files.clone());
    workshop.manifest(&Manifest { version: 1, files: claimed })?;
    let written = workshop.carry_out(output, &look.writes(), &look.stale, &fresh)?;
    workshop.close();
    record(&look.plans, folder, seen);
    Ok(Delivery::Done(Written { kept: look.plans.len() - written.written, ..written }))
}

/// What a process that writes again and again wrote last.
#[derive(Debug)]
pub struct Delivered {
    output: Output,
    folder: PathBuf,
    manifest: Option<Stamp>,
    looked: Instant,
}

/// So long a folder is taken to be as this process left it. After that it is looked at again: somebody may
/// have removed a file from it.
const TRUST: Duration = Duration::from_secs(30);

impl Delivered {
    /// Remembers an output that was just written.
    pub fn new(output: &Output, folder: &Path) -> Delivered {
        let folder = plain_path(folder);
        Delivered { output: output.clone(), manifest: manifest_stamp(&folder), folder, looked: Instant::now() }
    }

    /// Writes what differs from the output before, and looks at nothing else. `None` when another
    /// guidewright wrote there since, or the last look is long ago: then all of it must be looked at.
    ///
    /// # Errors
    /// As [`write`].
    pub fn renew(&mut self, output: &Output) -> Result<Option<Delivery>, Failure> {
        let is_old = self.looked.elapsed() > TRUST;
        if is_old || self.manifest.is_none() || self.manifest != manifest_stamp(&self.folder) {
            return Ok(None);
        }
        let (mut writes, mut stale, mut came) = (Vec::new(), Vec::new(), false);
        for item in self.output.files.diff(&output.files) {
            match item {
                DiffItem::Add(path, entry) => {
                    came = true;
                    writes.push((path, entry));
                }
                DiffItem::Update { new, .. } => writes.push(new),
                DiffItem::Remove(path, _) => stale.push(path.clone()),
            }
        }
        let missing = writes.iter().filter(|(_, entry)| matches!(entry.content, Content::Kept));
        let missing: BTreeSet<SitePath> = missing.map(|(path, _)| (*path).clone()).collect();
        if !missing.is_empty() {
            return Ok(Some(Delivery::Missing(missing)));
        }
        if let Some((path, _)) = writes.iter().find(|(path, _)| leaves(path)) {
            return Err(outside(path));
        }
        if writes.is_empty() && stale.is_empty() {
            return Ok(Some(Delivery::Done(Written { kept: output.files.len(), ..Written::default() })));
        }
        let fresh = Manifest::of(output);
        let workshop = Workshop::open(&self.folder)?;
        // Where nothing came, the manifest knows every file already.
        if came {
            let mut claimed = Manifest::of(&self.output);
            claimed.files.extend(fresh.files.clone());
            workshop.manifest(&claimed)?;
        }
        // Whatever happens now, the next time all of it is looked at.
        self.manifest = None;
        let written = workshop.carry_out(output, &writes, &stale, &fresh)?;
        workshop.close();
        self.manifest = manifest_stamp(&self.folder);
        self.output = output.clone();
        Ok(Some(Delivery::Done(Written { kept: output.files.len() - written.written, ..written })))
    }
}

fn manifest_stamp(folder: &Path) -> Option<Stamp> {
    fs::metadata(folder.join(MANIFEST)).ok().map(|metadata| Stamp::of(&metadata))
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
    let _ = fs::remove_dir_all(folder.join(super::workshop::FOLDER));
    Ok(removed)
}

/// The path without `.` and `..`, worked out on paper: `new/..` must mean the folder that holds
/// `new` before there is a `new`, so that no detour leads into the site.
pub(super) fn plain_path(folder: &Path) -> PathBuf {
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
