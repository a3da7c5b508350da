//! Putting files into an output folder and taking them out of it, so that each is at every instant whole,
//! old or new: written to a temporary name and renamed over.

use crate::{
    base::path::SitePath,
    emit::output::{Content, Entry, Output},
    source::{tree, walk::plain},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};
use thiserror::Error;

/// The file by which guidewright knows a folder as its own.
pub const MANIFEST: &str = ".guidewright.json";

/// Where files are written before they are renamed; in the folder itself, so that a rename is
/// one step.
pub const FOLDER: &str = ".guidewright-tmp";

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

/// What guidewright may remove from an output folder.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this file.
    pub version: u32,
    /// Files and their digests; during a write, all that may be there.
    pub files: BTreeMap<SitePath, String>,
}

impl Manifest {
    /// The manifest of an output.
    pub fn of(output: &Output) -> Manifest {
        let files = output.files.iter().map(|(path, entry)| (path.clone(), entry.digest.hex()));
        Manifest { version: 1, files: files.collect() }
    }
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
///
/// # Errors
/// When the disk says no.
pub fn remove(folder: &Path, path: &SitePath) -> Result<bool, Failure> {
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
#[derive(Debug)]
pub struct Workshop<'a> {
    folder: &'a Path,
    path: PathBuf,
    next: AtomicU64,
    _lock: fs::File,
}

impl<'a> Workshop<'a> {
    /// Opens it, for this process alone.
    ///
    /// # Errors
    /// When another process has it, or the disk says no.
    pub fn open(folder: &'a Path) -> Result<Workshop<'a>, Failure> {
        let path = folder.join(FOLDER);
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

    /// Writes and removes, and leaves the manifest of what is there then.
    ///
    /// # Errors
    /// When the disk says no; every file is whole, old or new.
    pub fn carry_out(
        &self,
        output: &Output,
        writes: &[(&SitePath, &Entry)],
        stale: &[SitePath],
        fresh: &Manifest,
    ) -> Result<Written, Failure> {
        let folder = self.folder;
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
            group.par_iter().try_for_each(|(path, entry)| self.place(path, entry))?;
        }
        let mut removed = 0;
        for path in stale {
            removed += usize::from(remove(folder, path)?);
        }
        self.manifest(fresh)?;
        Ok(Written { written: writes.len(), kept: 0, removed })
    }

    /// Takes it away.
    pub fn close(self) {
        let _ = fs::remove_dir_all(&self.path);
    }

    /// Leaves a manifest.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn manifest(&self, manifest: &Manifest) -> Result<(), Failure> {
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

/// That the disk said no to a file.
pub fn disk(path: &str, error: &io::Error) -> Failure {
    Failure::Disk { path: path.into(), why: plain(error) }
}
