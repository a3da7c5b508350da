//! Bytes by their digest on disk: what is costly to make, like pictures, is made once.

use super::tree::{Content, File};
use crate::base::digest::Digest;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// Where made bytes are kept; without a folder they stay in memory.
#[derive(Debug, Clone, Default)]
pub struct Store {
    folder: Option<PathBuf>,
}

impl Store {
    /// A store in a folder.
    pub fn at(folder: &Path) -> Store {
        Store { folder: Some(folder.into()) }
    }

    /// Keeps bytes. Where the disk does not take them they stay in memory: a store only saves time.
    pub fn keep(&self, bytes: Vec<u8>) -> File {
        let file = File::of_bytes(bytes);
        match self.folder.as_ref().map(|folder| write(folder, &file)) {
            Some(Ok(path)) => File { content: Content::Disk(path), ..file },
            _ => file,
        }
    }

    /// The file of a digest, if the store has it.
    pub fn find(&self, digest: Digest, len: u64) -> Option<File> {
        let path = self.folder.as_ref()?.join(digest.hex());
        let fits = fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() == len);
        fits.then_some(File { digest, len, content: Content::Disk(path) })
    }

    /// Removes what is not in use any more. What cannot be removed is left.
    pub fn sweep(&self, used: &BTreeSet<Digest>) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        for entry in entries.flatten() {
            let digest = entry.file_name().to_str().and_then(Digest::from_hex);
            if digest.is_none_or(|digest| !used.contains(&digest)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn write(folder: &Path, file: &File) -> io::Result<PathBuf> {
    let path = folder.join(file.digest.hex());
    if fs::metadata(&path).is_ok_and(|found| found.len() == file.len) {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(temporary.path(), file.bytes()?)?;
    temporary.persist(&path)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_found_and_what_is_not_used_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        let (one, two) = (store.keep(b"one".to_vec()), store.keep(b"two".to_vec()));
        assert_eq!(store.find(one.digest, 3).unwrap().bytes().unwrap(), &b"one"[..]);
        store.sweep(&BTreeSet::from([two.digest]));
        assert!(store.find(one.digest, 3).is_none() && store.find(two.digest, 3).is_some());
        assert_eq!(Store::default().keep(b"one".to_vec()).digest, one.digest);
    }
}
