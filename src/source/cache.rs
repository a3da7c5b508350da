//! What one process leaves for the next: the record of every input, and values in files.
//!
//! The cache is `.guidewright/` in the site. A missing, old or damaged part of it only ever makes
//! a build slower: every file opens with a magic word, the program's own stamp and the digest of
//! what follows, and anything unexpected counts as absent.

use crate::base::{digest::Digest, path::SitePath};
use rayon::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::Path,
    sync::OnceLock,
    time::UNIX_EPOCH,
};

/// The folder of the cache in a site.
pub const FOLDER: &str = ".guidewright";

/// Size and time of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    pub len: u64,
    /// Time of the last change of content, in nanoseconds since 1970.
    pub modified: i128,
    /// Time of the last change of content or of its entry; nought where the system has none.
    pub changed: i128,
}

impl Stamp {
    /// The stamp of a file.
    pub fn of(metadata: &fs::Metadata) -> Stamp {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt;
            i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let changed = 0;
        Stamp { len: metadata.len(), modified: modified.map_or(0, |time| time.as_nanos() as i128), changed }
    }

    /// Whether a file with this stamp, looked at at that time (in nanoseconds since 1970), may have
    /// changed in the same tick of the clock, so that its stamp does not tell.
    pub fn is_younger_than(&self, time: i128) -> bool {
        self.modified.max(self.changed) + tick(self) >= time
    }
}

/// The record of files: path → stamp and digest, like the index of git.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Record {
    files: HashMap<SitePath, (Stamp, Digest)>,
    /// The time when the record was made: a file changed in the same tick may have changed again
    /// since without its stamp telling, so it is read again.
    made: i128,
}

/// How slowly the clock of the file system ticks that wrote this stamp, in nanoseconds: two
/// seconds where times are whole seconds (FAT), else above any kernel's tick.
fn tick(stamp: &Stamp) -> i128 {
    if stamp.modified % 1_000_000_000 == 0 { 2_000_000_000 } else { 50_000_000 }
}

impl Record {
    /// Records a file.
    pub fn set(&mut self, path: &SitePath, stamp: Stamp, digest: Digest) {
        self.files.insert(path.clone(), (stamp, digest));
    }

    /// The digest of a file, if its stamp is as recorded and can be trusted.
    pub fn digest(&self, path: &str, stamp: &Stamp) -> Option<Digest> {
        let (recorded, digest) = self.get(path)?;
        (recorded == *stamp && !stamp.is_younger_than(self.made)).then_some(digest)
    }

    /// What is recorded of a file, to be trusted or not.
    pub fn get(&self, path: &str) -> Option<(Stamp, Digest)> {
        self.files.get(path).copied()
    }

    /// Forgets a file.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// Forgets all files but those that `which` picks.
    pub fn retain(&mut self, which: impl Fn(&SitePath) -> bool) {
        self.files.retain(|path, _| which(path));
    }

    /// The files that cannot be trusted.
    pub fn young(&self) -> BTreeSet<SitePath> {
        let young = self.files.iter().filter(|(_, (stamp, _))| stamp.is_younger_than(self.made));
        young.map(|(path, _)| path.clone()).collect()
    }

    /// Marks the record as made now, by the clock of the file system that holds `folder`.
    pub fn seal(&mut self, folder: &Path) {
        let now = || -> io::Result<i128> {
            let probe = tempfile::NamedTempFile::new_in(folder)?;
            Ok(Stamp::of(&probe.as_file().metadata()?).modified)
        };
        self.made = now().unwrap_or(0);
    }

    /// Whether the two records tell of different files.
    pub fn differs(&self, other: &Record) -> bool {
        self.files != other.files
    }

    /// Whether some entry is too young to be trusted by [`Record::digest`].
    pub fn has_young(&self) -> bool {
        self.files.values().any(|(stamp, _)| stamp.is_younger_than(self.made))
    }
}

/// Reads a part of the cache; `None` when it is missing, damaged or another program's.
pub fn load<T: DeserializeOwned>(folder: &Path, name: &str) -> Option<T> {
    postcard::from_bytes(&read(folder, name)?).ok()
}

/// Reads what [`save_list`] wrote, several pieces at once.
pub fn load_list<T: DeserializeOwned + Send>(folder: &Path, name: &str) -> Option<Vec<T>> {
    let body = read(folder, name)?;
    let mut pieces = Vec::new();
    let mut rest = &body[..];
    while let Some((len, tail)) = rest.split_first_chunk::<8>() {
        let (piece, tail) = tail.split_at_checked(u64::from_le_bytes(*len) as usize)?;
        pieces.push(piece);
        rest = tail;
    }
    let read = |piece: &&[u8]| postcard::from_bytes::<Vec<T>>(piece).ok();
    let lists: Option<Vec<Vec<T>>> = pieces.par_iter().map(read).collect();
    Some(lists?.into_iter().flatten().collect())
}

/// Writes a part of the cache, whole or not at all.
///
/// # Errors
/// When the folder cannot be made or written to; a build goes on without.
pub fn save<T: Serialize>(folder: &Path, name: &str, value: &T) -> io::Result<()> {
    write(folder, name, &postcard::to_stdvec(value).map_err(io::Error::other)?)
}

/// As [`save`], for a long list: it is written and read in pieces, several at once.
///
/// # Errors
/// As there.
pub fn save_list<T: Serialize + Sync>(folder: &Path, name: &str, list: &[T]) -> io::Result<()> {
    let write_piece = |piece: &[T]| postcard::to_stdvec(piece).map_err(io::Error::other);
    let pieces: Vec<Vec<u8>> = list.par_chunks(512).map(write_piece).collect::<io::Result<_>>()?;
    let mut body = Vec::with_capacity(pieces.iter().map(|piece| piece.len() + 8).sum());
    for piece in pieces {
        body.extend_from_slice(&(piece.len() as u64).to_le_bytes());
        body.extend_from_slice(&piece);
    }
    write(folder, name, &body)
}

fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let bytes = fs::read(folder.join(name)).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(program().as_bytes())?;
    let (digest, body) = rest.split_at_checked(32)?;
    let whole = Digest::of(body) == postcard::from_bytes(digest).ok()?;
    whole.then(|| body.to_vec())
}

fn write(folder: &Path, name: &str, body: &[u8]) -> io::Result<()> {
    let digest = postcard::to_stdvec(&Digest::of(body)).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    for part in [MAGIC, program().as_bytes(), &digest, body] {
        io::Write::write_all(&mut file, part)?;
    }
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}

const MAGIC: &[u8] = b"guidewright cache\n";

/// What tells this program from any other that may have left a cache: version, and length and
/// time of the executable.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let stamp = std::env::current_exe().and_then(fs::metadata).map(|m| Stamp::of(&m)).ok();
        format!("{} {stamp:?}\n", env!("CARGO_PKG_VERSION"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_cache_counts_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), "x", &vec![1u32, 2, 3]).unwrap();
        assert_eq!(load::<Vec<u32>>(folder.path(), "x"), Some(vec![1, 2, 3]));
        let mut bytes = fs::read(folder.path().join("x")).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(folder.path().join("x"), bytes).unwrap();
        assert_eq!(load::<Vec<u32>>(folder.path(), "x"), None);
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let list: Vec<(u32, String)> = (0..2000).map(|n| (n, n.to_string())).collect();
        save_list(folder.path(), "list", &list).unwrap();
        assert_eq!(load_list(folder.path(), "list"), Some(list));
        assert_eq!(load_list::<u32>(folder.path(), "nothing"), None);
    }

    #[test]
    fn a_file_as_young_as_the_record_is_not_trusted() {
        let stamp = |modified| Stamp { len: 1, modified, changed: 0 };
        let second = 1_000_000_000;
        let mut record = Record { made: 10 * second, ..Record::default() };
        record.set(&"old".into(), stamp(second), Digest::of(b"old"));
        record.set(&"young".into(), stamp(10 * second - 1), Digest::of(b"young"));
        assert!(record.digest("old", &stamp(second)).is_some());
        assert!(record.digest("young", &stamp(10 * second - 1)).is_none());
    }
}
