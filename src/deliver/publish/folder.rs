//! A folder of this machine: releases side by side, and a link to the one that is live.
//!
//! A new release is made beside the others, sharing the files that did not change; then the link is exchanged
//! in one rename. So a reader sees the old site or the new one, and never a part of either.

use super::{
    archive,
    manifest::{self, Manifest},
    plan::Plan,
    remote::{Remote, Told, Trouble, Upload},
};
use crate::base::path::SitePath;
use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// The folder with its releases.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    keep: usize,
    lock: Option<fs::File>,
    part: PathBuf,
}

const RELEASES: &str = "releases";
const CURRENT: &str = "current";

impl Folder {
    /// The place below `path`, in which so many releases stay.
    pub fn new(path: PathBuf, keep: u32) -> Folder {
        Folder { part: path.join(RELEASES).join(".part"), path, keep: keep as usize, lock: None }
    }

    fn current(&self) -> PathBuf {
        self.path.join(CURRENT)
    }

    /// The numbers of the releases, the newest first.
    fn releases(&self) -> Vec<u64> {
        let mut numbers = archive::numbers(&self.path.join(RELEASES));
        numbers.reverse();
        numbers
    }

    /// The release that is live.
    fn live(&self) -> Option<u64> {
        fs::read_link(self.current()).ok()?.file_name()?.to_str()?.parse().ok()
    }

    /// Lets the link lead to a release: made beside it and renamed over, for a link cannot be changed.
    fn show(&self, release: u64) -> Result<(), Trouble> {
        let link = self.path.join(".current.new");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(Path::new(RELEASES).join(release.to_string()), &link)
            .and_then(|()| fs::rename(&link, self.current()))
            .map_err(|error| Trouble::disk(&self.current(), &error))
    }

    /// Removes the releases that are too old, but never the one that is live.
    fn sweep(&self) {
        let live = self.live();
        for number in self.releases().into_iter().skip(self.keep).filter(|number| Some(*number) != live) {
            // What cannot be removed now goes the next time.
            let _ = fs::remove_dir_all(self.path.join(RELEASES).join(number.to_string()));
        }
    }
}

/// What is published is for everybody, whatever the one who publishes keeps to himself: the web server is somebody
/// else.
fn open_to_all(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

impl Remote for Folder {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        let path = self.current().join(manifest::NAME);
        let mut read = match fs::read(&path) {
            Ok(bytes) => Manifest::read(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Trouble::disk(&path, &error)),
        };
        // What somebody took away is sent again; after a way back the next number may be taken.
        let newest = self.releases().first().copied().unwrap_or_default();
        if let Some(manifest) = &mut read {
            manifest.release = manifest.release.max(newest);
            let current = self.current();
            manifest.files.retain(|path, _| current.join(&**path).is_file());
            manifest.old.retain(|path, _| current.join(&**path).is_file());
        }
        Ok(read.map(|manifest| manifest.bytes()))
    }

    fn is_foreign(&mut self) -> Result<bool, Trouble> {
        let is_link = fs::symlink_metadata(self.current()).is_ok_and(|metadata| metadata.is_symlink());
        match is_link || !self.current().exists() {
            true => Ok(is_link),
            false => Err(Trouble::new(
                format!("{} is a folder, and must be a link that guidewright exchanges", self.current().display()),
                "Move that folder away, or let `path:` in guide.yaml name another one.",
            )),
        }
    }

    fn open(&mut self) -> Result<(), Trouble> {
        let releases = self.path.join(RELEASES);
        for folder in [&self.path, &releases].into_iter().filter(|folder| !folder.exists()) {
            fs::create_dir_all(folder)
                .and_then(|()| open_to_all(folder, 0o755))
                .map_err(|error| Trouble::disk(folder, &error))?;
        }
        let path = self.path.join(".guidewright.lock");
        // Whatever a link of that name leads to is not ours.
        let no_link = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
        let lock = fs::OpenOptions::new().create(true).write(true).truncate(false).custom_flags(no_link).open(&path);
        let lock = lock.map_err(|error| Trouble::disk(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(Trouble::busy(&self.name())),
            Err(fs::TryLockError::Error(error)) => return Err(Trouble::disk(&path, &error)),
        }
        self.lock = Some(lock);
        Ok(())
    }

    fn begin(&mut self, plan: &Plan) -> Result<(), Trouble> {
        if self.part.exists() {
            fs::remove_dir_all(&self.part).map_err(|error| Trouble::disk(&self.part, &error))?;
        }
        fs::create_dir_all(&self.part).map_err(|error| Trouble::disk(&self.part, &error))?;
        // All but what is new, goes or is written anew: also what somebody else laid there, like the proofs of a
        // certificate.
        let leaves: BTreeSet<&str> = plan.sends().chain(&plan.delete).map(|path| &**path).collect();
        let folders = plan.old_folders();
        let current = fs::canonicalize(self.current()).unwrap_or_default();
        for entry in WalkDir::new(&current).min_depth(1).into_iter().filter_map(Result::ok) {
            let Ok(inner) = entry.path().strip_prefix(&current) else { continue };
            let name = &*inner.to_string_lossy();
            if name == manifest::NAME || leaves.contains(name) || folders.iter().any(|folder| folder == name) {
                continue;
            }
            let to = self.part.join(inner);
            let run = || match entry.file_type() {
                kind if kind.is_dir() => fs::create_dir_all(&to),
                kind if kind.is_symlink() => std::os::unix::fs::symlink(fs::read_link(entry.path())?, &to),
                _ => archive::share(entry.path(), &to),
            };
            run().map_err(|error| Trouble::disk(&to, &error))?;
        }
        Ok(())
    }

    fn put(&mut self, files: &[Upload], told: Told) -> Result<(), Trouble> {
        for file in files {
            let to = self.part.join(&*file.path);
            let run = || {
                fs::create_dir_all(to.parent().unwrap_or(&self.part))?;
                fs::copy(&file.file, &to)?;
                open_to_all(&to, 0o644)
            };
            run().map_err(|error| Trouble::disk(&to, &error))?;
            told(file.len);
        }
        Ok(())
    }

    /// A release that breaks off was never live, and the next one begins anew: copying is quick.
    fn note(&mut self, _: &Manifest) -> Result<(), Trouble> {
        Ok(())
    }

    /// The new release never had them.
    fn remove(&mut self, _: &[SitePath], _: &[String]) -> Result<(), Trouble> {
        Ok(())
    }

    fn commit(&mut self, manifest: &Manifest) -> Result<(), Trouble> {
        // Of a place whose manifest was damaged nobody knows the number.
        let release = manifest.release.max(self.releases().first().map_or(0, |newest| newest + 1));
        let manifest = Manifest { release, ..manifest.clone() };
        let (path, place) = (self.part.join(manifest::NAME), self.path.join(RELEASES).join(release.to_string()));
        let run = || {
            fs::write(&path, manifest.bytes())?;
            open_to_all(&path, 0o644)?;
            for entry in
                WalkDir::new(&self.part).into_iter().filter_map(Result::ok).filter(|own| own.file_type().is_dir())
            {
                open_to_all(entry.path(), 0o755)?;
            }
            // The release is on the disk before anybody is led to it, also when the power fails.
            rustix::fs::syncfs(fs::File::open(&self.part)?)?;
            fs::rename(&self.part, &place)
        };
        run().map_err(|error| Trouble::disk(&place, &error))?;
        self.show(release)?;
        self.sweep();
        Ok(())
    }

    fn roll_back(&mut self, is_trial: bool) -> Result<Option<u64>, Trouble> {
        if !is_trial {
            self.open()?;
        }
        let live = self.live().unwrap_or(u64::MAX);
        let Some(before) = self.releases().into_iter().find(|number| *number < live) else {
            return Err(Trouble::new(
                format!("there is no release before this one in {}", self.name()),
                "Publish an earlier version of the site instead. `keep:` in guide.yaml says how many releases stay.",
            ));
        };
        if !is_trial {
            self.show(before)?;
        }
        Ok(Some(before))
    }
}
