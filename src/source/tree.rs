//! Every input byte of a site by its path: a plain value.
//!
//! A test builds one from a literal; [`walk`](super::walk) makes one of a folder, and the watcher
//! a newer one. Text is held in memory; large files stay on disk and are read when delivered.

use crate::base::{digest::Digest, finding::Finding, path::SitePath};
use imbl::{OrdMap, ordmap::DiffItem};
use std::{borrow::Cow, fs, io, path::PathBuf, sync::Arc};

/// A site's files, and what kept some of them from being read.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The files by path. A tree and a newer one share all that is the same in both, so that a copy costs
    /// nothing and what differs is found without looking at the rest.
    pub files: OrdMap<SitePath, File>,
    /// What could not be read.
    pub troubles: Vec<Finding>,
}

/// One input file.
#[derive(Debug, Clone)]
pub struct File {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub len: u64,
    /// Its bytes, or where they are.
    pub content: Content,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum Content {
    /// Here.
    Bytes(Arc<[u8]>),
    /// In this file, which had the digest when the tree was made.
    Disk(PathBuf),
}

/// Files are the same when their bytes are, wherever those are kept.
impl PartialEq for File {
    fn eq(&self, other: &File) -> bool {
        self.digest == other.digest
    }
}

impl File {
    /// A file that is held in memory.
    pub fn of_bytes(bytes: impl Into<Arc<[u8]>>) -> File {
        let bytes = bytes.into();
        File { digest: Digest::of(&bytes), len: bytes.len() as u64, content: Content::Bytes(bytes) }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// When the file on disk is gone, unreadable, or no longer what it was.
    pub fn bytes(&self) -> io::Result<Cow<'_, [u8]>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::Disk(path) => {
                let bytes = fs::read(path)?;
                match Digest::of(&bytes) == self.digest {
                    true => Ok(Cow::Owned(bytes)),
                    false => Err(io::Error::other("it changed while the site was being built; build again")),
                }
            }
        }
    }
}

impl Tree {
    /// A tree of texts, for tests.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.set(path, text);
        }
        tree
    }

    /// Puts a text into the tree.
    pub fn set(&mut self, path: &str, text: &str) {
        self.files.insert(SitePath::from(path), File::of_bytes(text.as_bytes()));
    }

    /// The files below a folder, in the order of their paths.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a SitePath, &'a File)> {
        let start = std::ops::Bound::Included(folder);
        self.files
            .range::<_, str>((start, std::ops::Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(folder))
            .filter(move |(path, _)| path[folder.len()..].starts_with('/'))
    }

    /// The files whose bytes are others than in `before`; `None` when a file came or went, or something
    /// could not be read.
    pub fn edited_since<'a>(&'a self, before: &'a Tree) -> Option<Vec<(&'a SitePath, &'a File)>> {
        let is_whole = self.troubles.is_empty() && before.troubles.is_empty();
        let edited = before.files.diff(&self.files).map(|item| match item {
            DiffItem::Update { new, .. } => Some(new),
            DiffItem::Add(..) | DiffItem::Remove(..) => None,
        });
        if is_whole { edited.collect() } else { None }
    }

    /// The digest of everything in it.
    pub fn digest(&self) -> Digest {
        let files: Vec<(&SitePath, Digest)> = self.files.iter().map(|(path, file)| (path, file.digest)).collect();
        Digest::of_value(&(files, &self.troubles))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_lies_below_it_and_nothing_beside_it() {
        let tree = Tree::of(&[("content/a.md", ""), ("content-old/b.md", ""), ("content/sub/c.md", "")]);
        let below: Vec<&str> = tree.below("content").map(|(path, _)| &**path).collect();
        assert_eq!(below, ["content/a.md", "content/sub/c.md"]);
    }
}
