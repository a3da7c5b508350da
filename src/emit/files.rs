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
