//! What belongs to a site in one of its folders.
//!
//! Symbolic links that lead out of the site are refused unless guide.yaml names them; what editors and
//! systems leave behind is passed over.

use super::walk::plain;
use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    settings::site,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const FILES: [&str; 3] = [site::FILE, "schema.yaml", "urls.txt"];
const FOLDERS: [&str; 3] = ["content", "static", "themes"];

/// A link may lead to a link; so many of them are followed.
const MOST_LINKS: u32 = 8;

/// The site's own folder.
pub const TOP: &str = "";

/// What a folder holds just now.
#[derive(Debug, Default)]
pub struct Listing {
    /// Its files, and where each is on the disk.
    pub files: BTreeMap<SitePath, PathBuf>,
    /// Its folders: where each is on the disk, and how many symbolic links led there.
    pub folders: BTreeMap<SitePath, (PathBuf, u32)>,
    /// Folders elsewhere in which files lie that it links to.
    pub beside: BTreeSet<PathBuf>,
    /// What is wrong.
    pub troubles: Vec<Finding>,
}

/// Whether a name is one that editors and systems leave behind: hidden files, backups, swap and
/// lock files. (PITFALLS 17: they must neither start nor break a build.)
pub fn is_left_over(name: &str) -> bool {
    name.starts_with('.') && name != ".well-known"
        || name.starts_with('#')
        || name.ends_with('~')
        || ["tmp", "swp", "swx", "swo", "bak", "bck", "orig", "save", "old", "crdownload", "part"]
            .iter()
            .any(|ext| name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case(ext)))
        || name.to_ascii_lowercase().contains(".md.")
        || name == "4913"
        || name == "Thumbs.db"
        || name.contains("___jb_")
}

/// Lists folders of a site.
#[derive(Debug, Clone, Copy)]
pub struct Lister<'a> {
    /// The site's folder, without links on the way.
    pub site: &'a Path,
    /// The symbolic links that may lead out of it.
    pub allowed: &'a [String],
}

impl Lister<'_> {
    /// What lies in the folder `disk`, which the site calls `name` and which `links` symbolic links led
    /// to.
    pub fn list(&self, name: &SitePath, disk: &Path, links: u32) -> Listing {
        let mut listing = Listing::default();
        let entries = walkdir::WalkDir::new(disk).min_depth(1).max_depth(1).sort_by_file_name();
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let at =
                        error.path().filter(|at| *at != disk).and_then(|at| Some(at.file_name()?.to_str()?.into()));
                    let at = at.map_or_else(|| name.clone(), |at: String| join(name, &at));
                    // A folder that is gone by now is the business of the one above it.
                    match error.io_error().map(std::io::Error::kind) {
                        Some(std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {}
                        _ => {
                            let why = error.into_io_error().map_or("it cannot be read".into(), |e| plain(&e));
                            listing.trouble(Rule::READ_FILE, &at, format!("this cannot be read: {why}"), READABLE);
                        }
                    }
                    continue;
                }
            };
            let Some(own) = entry.file_name().to_str() else {
                if self.is_meant(name, &entry.file_name().to_string_lossy()) {
                    let shown = join(name, &entry.file_name().to_string_lossy());
                    let message = "the name of this file is not UTF-8";
                    listing.trouble(Rule::READ_FILE, &shown, message, "Rename it with plain letters.");
                }
                continue;
            };
            if !self.is_meant(name, own) {
                continue;
            }
            let path = join(name, own);
            let kind = entry.file_type();
            if kind.is_symlink() {
                self.link(entry.path(), path, links, &mut listing);
            } else {
                listing.add(path, entry.path(), kind, links);
            }
        }
        listing
    }

    /// Whether a name in a folder belongs to the site.
    fn is_meant(&self, folder: &SitePath, name: &str) -> bool {
        match &**folder {
            TOP => FILES.contains(&name) || FOLDERS.contains(&name),
            // static/ is copied as it is, dot-files too.
            folder => folder == "static" || folder.starts_with("static/") || !is_left_over(name),
        }
    }

    fn link(&self, disk: &Path, path: SitePath, links: u32, listing: &mut Listing) {
        // What a link leads to may go and come again: the folder that holds it tells of that.
        let target = fs::read_link(disk).ok().zip(disk.parent()).map(|(target, folder)| folder.join(target));
        let above = target.as_deref().and_then(Path::parent).and_then(|folder| fs::canonicalize(folder).ok());
        listing.beside.extend(above);
        let found = fs::canonicalize(disk).and_then(|target| Ok((fs::metadata(&target)?.file_type(), target)));
        let (kind, target) = match found {
            Ok(found) => found,
            Err(error) => {
                let message = format!("this symbolic link leads nowhere: {}", plain(&error));
                return listing.trouble(Rule::READ_SYMLINK, &path, message, "Mend or remove the link.");
            }
        };
        let inside = FOLDERS.iter().any(|folder| target.starts_with(self.site.join(folder)));
        let named = self.allowed.iter().any(|allowed| *allowed == *path);
        // A link into a folder that holds it would never end.
        let circle = fs::canonicalize(disk.parent().unwrap_or(disk)).is_ok_and(|folder| folder.starts_with(&target));
        if circle || links >= MOST_LINKS {
            listing.trouble(Rule::READ_SYMLINK, &path, "this symbolic link leads in a circle", "Remove the link.");
        } else if inside || named {
            listing.beside.extend(target.parent().map(PathBuf::from));
            listing.add(path, &target, kind, links + 1);
        } else {
            let help = format!(
                "Copy the file into the site. If the link is meant, allow it in guide.yaml: symlinks: [\"{path}\"]."
            );
            let message = "this symbolic link leads out of content/, static/ and themes/";
            listing.trouble(Rule::READ_SYMLINK, &path, message, &help);
        }
    }
}

impl Listing {
    fn add(&mut self, path: SitePath, disk: &Path, kind: fs::FileType, links: u32) {
        if kind.is_file() {
            self.files.insert(path, disk.into());
        } else if kind.is_dir() {
            self.folders.insert(path, (disk.into(), links));
        } else {
            self.trouble(Rule::READ_FILE, &path, "this is neither a file nor a folder", "Take it out of the site.");
        }
    }

    fn trouble(&mut self, rule: Rule, path: &SitePath, message: impl Into<String>, help: &str) {
        self.troubles.push(Finding::new(rule, Place::file(path), message, help));
    }
}

fn join(folder: &SitePath, name: &str) -> SitePath {
    if folder.is_empty() { name.into() } else { format!("{folder}/{name}").into() }
}

/// The remedy for what cannot be read.
pub const READABLE: &str = "See who may read it (its permissions), then build again.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_leave_behind_is_not_part_of_the_site() {
        for name in [".page.md.swp", "page.md~", "#page.md#", "4913", "page.md.bck", ".DS_Store", "x.md___jb_tmp___"] {
            assert!(is_left_over(name), "{name}");
        }
        for name in ["page.md", "party.md", "_data", ".well-known"] {
            assert!(!is_left_over(name), "{name}");
        }
    }
}
