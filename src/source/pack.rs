//! Many small pieces of bytes in one file, found by their digest: the finished pages that a server need not hold in
//! memory, and leaves for the next one.

use super::cache;
use crate::base::digest::Digest;
use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
    fs,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The file with the pieces, and the part of the cache that says where each is.
const BYTES: &str = "pages";
const INDEX: &str = "pages-index";

/// A pack that is open for reading.
#[derive(Debug)]
pub struct Pack {
    file: Mutex<fs::File>,
    places: HashMap<Digest, (u64, u64)>,
}

impl Pack {
    /// The pack that was left in a cache, if there is one.
    pub fn open(folder: &Path) -> Option<Pack> {
        let places: Vec<(Digest, (u64, u64))> = cache::load(folder, INDEX)?;
        let file = fs::File::open(folder.join(BYTES)).ok()?;
        Some(Pack { file: Mutex::new(file), places: places.into_iter().collect() })
    }

    /// Whether there are bytes of a digest.
    pub fn has(&self, digest: Digest) -> bool {
        self.places.contains_key(&digest)
    }

    /// The bytes of a digest, if they are there and whole.
    pub fn get(&self, digest: Digest) -> Option<Vec<u8>> {
        let (at, len) = *self.places.get(&digest)?;
        let mut bytes = vec![0; usize::try_from(len).ok()?];
        // A thread that panicked while it read left nothing behind but the place in the file.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        (Digest::of(&bytes) == digest).then_some(bytes)
    }

    /// Leaves a pack in a cache, in the place of the one before.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn write<'a>(folder: &Path, pieces: impl Iterator<Item = (Digest, Cow<'a, [u8]>)>) -> io::Result<()> {
        sweep(folder);
        let mut places = HashMap::new();
        let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
        let mut at = 0;
        for (digest, bytes) in pieces {
            if let Entry::Vacant(place) = places.entry(digest) {
                file.write_all(&bytes)?;
                let len = bytes.len() as u64;
                place.insert((at, len));
                at += len;
            }
        }
        file.into_inner().map_err(io::Error::from)?.persist(folder.join(BYTES)).map_err(|error| error.error)?;
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort();
        cache::save(folder, INDEX, &places)
    }
}

/// So old is a half-written file that nobody writes any more.
const OLD: Duration = Duration::from_secs(3600);

/// Removes what a process left half written that was killed.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_half = entry.file_name().to_string_lossy().starts_with(".tmp");
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_half && age.is_some_and(|age| age > OLD) {
            // As with all of the cache: one that stays takes room and nothing else.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_half_written_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let long_ago = std::time::SystemTime::now() - OLD * 2;
        for (name, is_old) in [(".tmpdead", true), (".tmplive", false), ("parse", true)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(long_ago).unwrap();
            }
        }
        Pack::write(folder.path(), std::iter::empty()).unwrap();
        let is_there = |name: &str| folder.path().join(name).exists();
        assert!(!is_there(".tmpdead") && is_there(".tmplive") && is_there("parse"));
    }

    #[test]
    fn what_is_damaged_or_unknown_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Pack::open(folder.path()).is_none());
        let pieces: [&[u8]; 3] = [b"one", b"two", b"one"];
        let pieces = pieces.map(|piece| (Digest::of(piece), Cow::Borrowed(piece)));
        Pack::write(folder.path(), pieces.into_iter()).unwrap();
        let pack = Pack::open(folder.path()).unwrap();
        assert_eq!(pack.get(Digest::of(b"one")).unwrap(), b"one");
        assert_eq!(pack.get(Digest::of(b"two")).unwrap(), b"two");
        assert_eq!(pack.get(Digest::of(b"three")), None);
        assert_eq!(fs::metadata(folder.path().join(BYTES)).unwrap().len(), 6, "each piece once");
        fs::write(folder.path().join(BYTES), "onetwa").unwrap();
        let pack = Pack::open(folder.path()).unwrap();
        assert_eq!(pack.get(Digest::of(b"two")), None);
    }
}
