//! Files that are copied as they are: beside pages, and static/.

use super::output::{Content, Entry, Output};
use crate::{
    assets::gallery::{Gallery, is_picture},
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    load::sources::Sources,
    resolve::urls,
    source::tree::{File, Tree},
};
use std::collections::BTreeMap;

/// Puts the copied files into the output; one that would stand over something else is found. A picture
/// beside pages is never copied as it is: a camera may have written into it where it was taken.
pub fn add(output: &mut Output, tree: &Tree, sources: &Sources, gallery: &Gallery) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pictures: BTreeMap<&SitePath, &File> =
        gallery.pictures.values().map(|picture| (&picture.whole.0, &picture.whole.1)).collect();
    for (path, _) in &*sources.files {
        let Some(file) = tree.files.get(path) else { continue };
        let place = urls::of_file(path);
        let file = match pictures.get(&place).filter(|_| is_picture(path)) {
            Some(picture) => picture,
            None if is_picture(path) => continue,
            None => file,
        };
        if let Some(taken) = taken(output, &place) {
            let message = format!("this file would stand in the place of /{taken}, which the site has already");
            findings.push(Finding::new(Rule::NAMES_URL, Place::file(path), message, "Rename or remove the file."));
            continue;
        }
        if !is_inside(&place) {
            let message = "the name of this file's folder leaves nothing for a URL";
            findings.push(Finding::new(
                Rule::NAMES_EMPTY,
                Place::file(path),
                message,
                "Give it a name with letters or digits.",
            ));
            continue;
        }
        let entry = Entry { digest: file.digest, len: file.len, content: Content::Copy(file.clone()) };
        output.files.insert(place, entry);
    }
    for variant in gallery.pictures.values().flat_map(|picture| &picture.variants) {
        let (place, file) = &variant.file;
        let entry = Entry { digest: file.digest, len: file.len, content: Content::Copy(file.clone()) };
        output.files.insert(place.clone(), entry);
    }
    findings
}

/// What already stands at a path, above it as a file, or below it as a folder.
pub fn taken<'a>(output: &'a Output, place: &SitePath) -> Option<&'a SitePath> {
    let file = |path: &str| output.files.get_key_value(path).map(|(path, _)| path);
    let above = place.match_indices('/').find_map(|(at, _)| file(&place[..at]));
    let below = format!("{place}/");
    let next = || output.files.range(SitePath::from(below.as_str())..).next().map(|(path, _)| path);
    file(place).or(above).or_else(|| next().filter(|path| path.starts_with(&below)))
}

/// Whether a path stays inside the output folder.
fn is_inside(path: &SitePath) -> bool {
    path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}
