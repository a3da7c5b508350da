//! What was published from this machine, for the way back where a place holds only what is live. Files that two
//! releases share are one file on the disk.

use super::remote::Trouble;
use crate::base::{digest::Digest, path::SitePath};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// So many releases are kept: the one that is live, and the one before.
const KEPT: usize = 2;

/// The releases of a target.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// The archive in a folder.
    pub fn at(folder: &Path) -> Archive {
        Archive { folder: folder.into() }
    }

    /// Keeps the site in `from` as that release. An archive that cannot be written costs the way back and nothing
    /// else, so the caller may go on.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn keep(&self, release: u64, from: &Path) -> io::Result<()> {
        let (part, place) = (self.folder.join(".part"), self.folder.join(release.to_string()));
        let _ = fs::remove_dir_all(&part);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&part)?;
        for path in files(from) {
            let to = part.join(&*path);
            fs::create_dir_all(to.parent().unwrap_or(&part))?;
            // The build renames new files over old ones, so a shared file never changes.
            share(&from.join(&*path), &to)?;
        }
        fs::rename(&part, &place)?;
        let numbers = numbers(&self.folder);
        for old in &numbers[..numbers.len().saturating_sub(KEPT)] {
            fs::remove_dir_all(self.folder.join(old.to_string()))?;
        }
        Ok(())
    }

    /// The newest release before that one: its number, its folder, and its files.
    ///
    /// # Errors
    /// When the disk says no.
    #[expect(clippy::type_complexity, reason = "a list of files, as a wardrobe takes it")]
    pub fn before(&self, release: u64) -> Result<Option<(u64, PathBuf, Vec<(SitePath, Digest, u64)>)>, Trouble> {
        let Some(number) = numbers(&self.folder).into_iter().rev().find(|number| *number < release) else {
            return Ok(None);
        };
        let folder = self.folder.join(number.to_string());
        let mut list = Vec::new();
        for path in files(&folder) {
            let file = folder.join(&*path);
            let read = fs::File::open(&file).and_then(Digest::of_reader);
            let (digest, len) = read.map_err(|error| Trouble::disk(&file, &error))?;
            list.push((path, digest, len));
        }
        Ok(Some((number, folder, list)))
    }
}

/// The numbers of the releases in a folder, the oldest first.
pub fn numbers(folder: &Path) -> Vec<u64> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut numbers: Vec<u64> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// Lets two releases have one file; a file system without hard links has it copied.
///
/// # Errors
/// When the disk says no.
pub fn share(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop))
}

/// The files of a built site, without what the build keeps there for itself.
fn files(folder: &Path) -> Vec<SitePath> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.to_str()?.replace('\\', "/")))
        .filter(|path| !path.starts_with(".guidewright"))
        .map(SitePath::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_before_is_there_and_older_ones_go() {
        let (site, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let archive = Archive::at(folder.path());
        for release in 1..=3 {
            let page = site.path().join("index.html");
            let _ = fs::remove_file(&page);
            fs::write(&page, format!("release {release}")).unwrap();
            archive.keep(release, site.path()).unwrap();
        }
        assert!(archive.before(2).unwrap().is_none(), "the first is gone");
        let (number, folder, files) = archive.before(3).unwrap().unwrap();
        assert_eq!((number, files.len()), (2, 1));
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "release 2");
    }
}
