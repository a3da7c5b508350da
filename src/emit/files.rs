//! Files that are copied as they are: beside pages, and static/.

use super::output::{Content, Entry, Output};
use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    resolve::urls,
    source::tree::Tree,
};

/// The files of a site that are copied, in the order of their paths.
pub fn list(tree: &Tree) -> Vec<SitePath> {
    let beside = tree.below("content").map(|(path, _)| path).filter(|path| is_public(path) && path.extension() != "md");
    beside.chain(tree.below("static").map(|(path, _)| path)).cloned().collect()
}

/// Whether no part of a path is private: a name that starts with `_` is not for readers.
pub fn is_public(path: &SitePath) -> bool {
    !path.split('/').any(|part| part.starts_with('_'))
}

/// Puts the copied files into the output; one that would stand over something else is found.
pub fn add(output: &mut Output, tree: &Tree, files: &[SitePath]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in files {
        let Some(file) = tree.files.get(path) else { continue };
        let place = urls::of_file(path);
        if output.files.contains_key(&place) {
            let message = format!("this file would stand over /{place}, which the site has already");
            findings.push(Finding::new(Rule::NAMES_URL, Place::file(path), message, "Rename or remove the file."));
            continue;
        }
        let entry = Entry { digest: file.digest, len: file.len, content: Content::Copy(file.clone()) };
        output.files.insert(place, entry);
    }
    findings
}
