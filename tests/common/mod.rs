//! What several tests share: building a folder in memory, and a strict reader of finished pages.

#![allow(dead_code, unreachable_pub, reason = "each test is a crate of its own and uses a part of this")]

pub mod edits;
pub mod http;
pub mod picture;
pub mod served;
pub mod shipped;
pub mod sound;

use guidewright::{
    base::finding::Severity,
    build::{Build, Memo, Options, build},
    emit::output::Output,
    source::{cache::Record, tree::Tree, walk::walk},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A folder of this repository.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Builds a tree on the day that all tests take for today.
pub fn build_tree(tree: &Tree) -> Build {
    build_on("2026-11-23", tree)
}

/// Builds a tree on some day.
pub fn build_on(today: &str, tree: &Tree) -> Build {
    let options = Options {
        today: today.parse().expect("a date"),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    };
    build(tree, &options, &mut Memo::default())
}

/// Builds the site in a folder, read as the program reads it.
pub fn build_folder(folder: &Path) -> Build {
    build_tree(&walk(folder, &Record::default()).tree)
}

/// The findings that are more than a note, one a line.
pub fn faults(built: &Build) -> Vec<String> {
    let heavy = built.findings.iter().filter(|finding| finding.severity > Severity::Note);
    heavy.map(|f| format!("{}:{} {}: {} {}", f.file, f.start.line, f.rule, f.message, f.help)).collect()
}

/// Every output file with its bytes.
pub fn bytes(output: &Output) -> BTreeMap<String, Vec<u8>> {
    let read = |(path, entry): (&guidewright::base::path::SitePath, &guidewright::emit::output::Entry)| {
        let bytes = entry.bytes().expect("a readable file").expect("a file that is at hand");
        (path.to_string(), bytes.into_owned())
    };
    output.files.iter().map(read).collect()
}
