//! What a site is once it is built: a plain value, for disk, browser and remote alike.

use crate::{
    base::{digest::Digest, path::SitePath},
    render::rendered::Laid,
    resolve::guide::PageNo,
    source::tree,
};
use bytes::Bytes;
use imbl::OrdMap;
use std::{borrow::Cow, io};

/// Every output path with what belongs there.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The files by path. Outputs share what is the same in both: a copy costs nothing.
    pub files: OrdMap<SitePath, Entry>,
}

/// One output file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length.
    pub len: u64,
    /// Its bytes, or where they are.
    pub content: Content,
}

/// Where the bytes of an output file are.
#[derive(Debug, Clone)]
pub enum Content {
    /// Here.
    Bytes(Bytes),
    /// In the input file of this site, byte for byte.
    Copy(tree::File),
    /// Where the last build put them: nothing that this file is made of has changed since. Whoever
    /// finds it missing there asks for it to be made again.
    Kept,
}

/// Entries are the same when their bytes are.
impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.digest == other.digest
    }
}

impl Entry {
    /// An entry that is held in memory.
    pub fn of_bytes(bytes: impl Into<Bytes>) -> Entry {
        let bytes = bytes.into();
        Entry { digest: Digest::of(&bytes), len: bytes.len() as u64, content: Content::Bytes(bytes) }
    }

    /// The entry of a page.
    pub fn of_page(laid: &Laid) -> Entry {
        let content = laid.bytes.clone().map_or(Content::Kept, Content::Bytes);
        Entry { digest: laid.digest, len: laid.len, content }
    }

    /// Its bytes; `None` for a file that is kept from the last build.
    ///
    /// # Errors
    /// When the input file that it is a copy of cannot be read any more.
    pub fn bytes(&self) -> io::Result<Option<Cow<'_, [u8]>>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Some(Cow::Borrowed(bytes))),
            Content::Copy(file) => file.bytes().map(Some),
            Content::Kept => Ok(None),
        }
    }
}

impl Output {
    /// The output of the pages alone.
    pub fn of_pages(pages: &OrdMap<SitePath, (PageNo, Laid)>) -> Output {
        Output { files: pages.iter().map(|(path, (_, laid))| (path.clone(), Entry::of_page(laid))).collect() }
    }

    /// The digest of the whole.
    pub fn digest(&self) -> Digest {
        Digest::of_value(&self.files.iter().map(|(path, entry)| (path, entry.digest)).collect::<Vec<_>>())
    }
}
