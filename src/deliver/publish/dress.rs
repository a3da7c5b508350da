//! What goes to a host: the files of the site, and compressed versions of texts where the host reads them. Made
//! as small as can be, which is slow, so what was made once is kept by the digest of what it was made from.

use super::{
    super::disk::plain_path,
    remote::{Trouble, Upload},
};
use crate::{
    base::{digest::Digest, mime, path::SitePath},
    emit::{headers::cache_control, hosts},
    settings::publish::Target,
};
use flate2::{Compression, GzBuilder};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// A text below this many bytes is not worth a second file, nor the unpacking.
const SMALL: u64 = 512;

/// How a text is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Brotli,
}

impl Coding {
    fn extension(self) -> &'static str {
        match self {
            Coding::Gzip => "gz",
            Coding::Brotli => "br",
        }
    }

    /// The bytes, the same on every machine: no name and no time in them.
    fn compressed(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        match self {
            Coding::Gzip => {
                GzBuilder::new().read(bytes, Compression::best()).read_to_end(&mut out)?;
            }
            Coding::Brotli => {
                let mut writer = brotli::CompressorWriter::new(&mut out, 64 * 1024, 11, 22);
                writer.write_all(bytes)?;
                drop(writer);
            }
        }
        Ok(out)
    }
}

/// One file of the published site.
#[derive(Debug, Clone)]
struct Piece {
    source: SitePath,
    digest: Digest,
    coding: Option<Coding>,
}

/// The published site: every file, and how to come by its bytes.
#[derive(Debug)]
pub struct Wardrobe {
    folder: PathBuf,
    store: PathBuf,
    pieces: BTreeMap<SitePath, Piece>,
    /// Whether files themselves are sent compressed, and the place says so.
    encodes: bool,
}

impl Wardrobe {
    /// The files of `folder`, whose digests and lengths are given, as the host of a target gets them. What is
    /// compressed is kept in `store`.
    pub fn new(
        folder: &Path,
        files: impl Iterator<Item = (SitePath, Digest, u64)>,
        target: &Target,
        store: &Path,
    ) -> Wardrobe {
        let (gzip, brotli) = target.siblings();
        let codings: Vec<Coding> = [(gzip, Coding::Gzip), (brotli, Coding::Brotli)]
            .into_iter()
            .filter(|(is_read, _)| *is_read)
            .map(|(_, coding)| coding)
            .collect();
        let mut pieces = BTreeMap::new();
        for (path, digest, len) in files {
            let is_text = mime::is_text(&path) && len >= SMALL && !hosts::is_own(&path);
            for coding in codings.iter().filter(|_| is_text && !target.encode) {
                let sibling = SitePath::from(format!("{path}.{}", coding.extension()));
                pieces.entry(sibling).or_insert(Piece { source: path.clone(), digest, coding: Some(*coding) });
            }
            let coding = (target.encode && is_text).then_some(Coding::Gzip);
            pieces.insert(path.clone(), Piece { source: path, digest, coding });
        }
        // Tools that send files may run elsewhere.
        Wardrobe { folder: plain_path(folder), store: plain_path(store), pieces, encodes: target.encode }
    }

    /// The digest of each file; where the place keeps how a file is sent, that counts as well.
    pub fn digests(&self, with_metadata: bool) -> BTreeMap<SitePath, String> {
        let digest = |path: &SitePath, piece: &Piece| {
            let coding = piece.coding.map(Coding::extension);
            match with_metadata {
                true => Digest::of_value(&(piece.digest, coding, mime::content_type(path), cache_control(path))),
                false if coding.is_some() => Digest::of_value(&(piece.digest, coding)),
                false => piece.digest,
            }
        };
        self.pieces.iter().map(|(path, piece)| (path.clone(), digest(path, piece).hex())).collect()
    }

    /// The files of these paths, ready to be sent: what must be compressed is, on all cores.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn make<'a>(&self, paths: impl Iterator<Item = &'a SitePath>) -> Result<Vec<Upload>, Trouble> {
        let paths: Vec<&SitePath> = paths.filter(|path| self.pieces.contains_key(*path)).collect();
        paths.par_iter().map(|path| self.one(path, &self.pieces[*path])).collect()
    }

    fn one(&self, path: &SitePath, piece: &Piece) -> Result<Upload, Trouble> {
        let source = self.folder.join(&*piece.source);
        let file = match piece.coding {
            None => source,
            Some(coding) => self.compressed(&source, piece.digest, coding)?,
        };
        let len = fs::metadata(&file).map_err(|error| Trouble::disk(&file, &error))?.len();
        let encoding = (self.encodes && piece.coding.is_some()).then_some("gzip");
        Ok(Upload { path: path.clone(), file, len, encoding })
    }

    fn compressed(&self, source: &Path, digest: Digest, coding: Coding) -> Result<PathBuf, Trouble> {
        let kept = self.store.join(format!("{}.{}", digest.hex(), coding.extension()));
        if kept.is_file() {
            return Ok(kept);
        }
        let run = || -> io::Result<()> {
            fs::create_dir_all(&self.store)?;
            // Whoever serves the site must be able to read it, and temporary files are for their owner alone.
            let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            let mut temporary = tempfile::Builder::new().permissions(readable).tempfile_in(&self.store)?;
            temporary.write_all(&coding.compressed(&fs::read(source)?)?)?;
            temporary.persist(&kept)?;
            Ok(())
        };
        run().map_err(|error| Trouble::disk(&kept, &error))?;
        Ok(kept)
    }

    /// Removes what was compressed of files that the site does not have any more.
    pub fn sweep(&self) {
        let used: BTreeSet<String> = self.pieces.values().map(|piece| piece.digest.hex()).collect();
        for entry in fs::read_dir(&self.store).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let stem = name.to_str().and_then(|name| name.split('.').next());
            if stem.is_none_or(|stem| !used.contains(stem)) {
                // What stays only takes room.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::host::Host;

    fn of(target: &Target) -> (tempfile::TempDir, Wardrobe) {
        let folder = tempfile::tempdir().unwrap();
        let text = "A sentence that comes again and again. ".repeat(100);
        let mut files = Vec::new();
        for (name, bytes) in [("index.html", text.as_bytes()), ("small.html", b"<p>"), ("photo.webp", text.as_bytes())]
        {
            fs::write(folder.path().join(name), bytes).unwrap();
            files.push((SitePath::from(name), Digest::of(bytes), bytes.len() as u64));
        }
        let wardrobe = Wardrobe::new(folder.path(), files.into_iter(), target, &folder.path().join("kept"));
        (folder, wardrobe)
    }

    #[test]
    fn texts_have_compressed_siblings_where_the_host_reads_them() {
        let (_folder, wardrobe) = of(&Target { host: Host::Caddy, ..Target::default() });
        let digests = wardrobe.digests(false);
        let paths: Vec<&str> = digests.keys().map(|path| &**path).collect();
        assert_eq!(paths, ["index.html", "index.html.br", "index.html.gz", "photo.webp", "small.html"]);
        let uploads = wardrobe.make(digests.keys()).unwrap();
        assert!(uploads[1].len < uploads[0].len / 10 && uploads[2].len < uploads[0].len / 10);
        let plain = fs::read(&uploads[0].file).unwrap();
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(fs::File::open(&uploads[1].file).unwrap(), 4096).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }

    #[test]
    fn an_object_store_gets_one_file_that_says_how_it_is_encoded() {
        let (_folder, wardrobe) = of(&Target { host: Host::S3, encode: true, ..Target::default() });
        let digests = wardrobe.digests(true);
        let uploads = wardrobe.make(digests.keys()).unwrap();
        assert_eq!(uploads.iter().map(|file| file.encoding).collect::<Vec<_>>(), [Some("gzip"), None, None]);
        assert_ne!(digests, wardrobe.digests(false));
    }
}
