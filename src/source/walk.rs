//! From a folder to a [`Tree`].
//!
//! A site is exactly guide.yaml, schema.yaml, urls.txt, content/, themes/ and static/; nothing
//! else is read. A file whose size and time are as recorded keeps its recorded digest and is not
//! read at all.

use super::{
    cache::{Record, Stamp},
    tree::{Content, File, Tree},
};
use crate::base::{
    digest::Digest,
    finding::{Finding, Place},
    path::SitePath,
    rules::Rule,
};
use rayon::prelude::*;
use std::{
    fs,
    path::{Path, PathBuf},
};

const FILES: [&str; 3] = ["guide.yaml", "schema.yaml", "urls.txt"];
const FOLDERS: [&str; 3] = ["content", "static", "themes"];

/// A text file may have so many bytes: the longest novels have five million.
pub const TEXT_LIMIT: u64 = 8 << 20;

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// The site.
    pub tree: Tree,
    /// Size, time and digest of every file, for the next walk.
    pub record: Record,
}

/// Reads a site's folder. `symlinks` names the links that may lead out of it.
///
/// What cannot be read is a finding in the tree; this function does not fail.
pub fn walk(site: &Path, symlinks: &[String], known: &Record) -> Walk {
    let mut found =
        Found { site, real: fs::canonicalize(site).ok(), symlinks, files: Vec::new(), troubles: Vec::new() };
    for name in FILES.into_iter().chain(FOLDERS) {
        if fs::symlink_metadata(site.join(name)).is_ok() {
            found.entry(&site.join(name), name, 0);
        }
    }
    let read = |(path, disk): (SitePath, PathBuf)| {
        let result = read_file(&path, &disk, known);
        (path, result)
    };
    let files: Vec<_> = found.files.into_par_iter().map(read).collect();
    let mut walk = Walk { tree: Tree { troubles: found.troubles, ..Tree::default() }, ..Walk::default() };
    for (path, result) in files {
        match result {
            Ok((file, stamp)) => {
                walk.record.set(&path, stamp, file.digest);
                walk.tree.files.insert(path, file);
            }
            Err(finding) => walk.tree.troubles.push(*finding),
        }
    }
    walk.tree.troubles.sort_by(|a, b| a.place.file.cmp(&b.place.file));
    walk
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

struct Found<'a> {
    site: &'a Path,
    real: Option<PathBuf>,
    symlinks: &'a [String],
    files: Vec<(SitePath, PathBuf)>,
    troubles: Vec<Finding>,
}

impl Found<'_> {
    /// Takes one file or folder, `links` symbolic links deep.
    fn entry(&mut self, disk: &Path, path: &str, links: u32) {
        let walk = walkdir::WalkDir::new(disk).sort_by_file_name().into_iter();
        let in_static = |entry: &walkdir::DirEntry| entry.path().starts_with(self.site.join("static"));
        let keep = |entry: &walkdir::DirEntry| {
            // static/ is copied as it is, dot-files too.
            entry.depth() == 0 || in_static(entry) || !is_left_over(&entry.file_name().to_string_lossy())
        };
        let mut linked = Vec::new();
        for entry in walk.filter_entry(keep) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let at = error.path().and_then(|at| self.name(disk, path, at)).unwrap_or_else(|| path.into());
                    let why = error.into_io_error().map_or("it cannot be read".into(), |e| plain(&e));
                    self.trouble(Rule::READ_FILE, &at, format!("this cannot be read: {why}"), READABLE);
                    continue;
                }
            };
            let Some(name) = self.name(disk, path, entry.path()) else {
                let shown =
                    entry.path().strip_prefix(self.site).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
                let message = "the name of this file is not UTF-8";
                self.trouble(Rule::READ_FILE, &shown, message, "Rename it with plain letters.");
                continue;
            };
            let kind = entry.file_type();
            if kind.is_symlink() {
                linked.push((entry.into_path(), name));
            } else if kind.is_file() {
                self.files.push((SitePath::from(name), entry.into_path()));
            } else if !kind.is_dir() {
                self.trouble(Rule::READ_FILE, &name, "this is neither a file nor a folder", "Take it out of the site.");
            }
        }
        for (disk, name) in linked {
            self.link(&disk, &name, links);
        }
    }

    fn link(&mut self, disk: &Path, name: &str, links: u32) {
        let target = match fs::canonicalize(disk) {
            Ok(target) => target,
            Err(error) => {
                let message = format!("this symbolic link leads nowhere: {}", plain(&error));
                return self.trouble(Rule::READ_SYMLINK, name, message, "Mend or remove the link.");
            }
        };
        let inside =
            self.real.as_ref().is_some_and(|site| FOLDERS.iter().any(|folder| target.starts_with(site.join(folder))));
        let named = self.symlinks.iter().any(|allowed| allowed.trim_matches('/') == name);
        // A link into a folder that holds it would never end.
        let circle = fs::canonicalize(disk.parent().unwrap_or(disk)).is_ok_and(|folder| folder.starts_with(&target));
        if circle || links >= 8 {
            self.trouble(Rule::READ_SYMLINK, name, "this symbolic link leads in a circle", "Remove the link.");
        } else if inside || named {
            self.entry(&target, name, links + 1);
        } else {
            let help = format!(
                "Copy the file into the site. If the link is meant, allow it in guide.yaml: symlinks: [\"{name}\"]."
            );
            self.trouble(
                Rule::READ_SYMLINK,
                name,
                "this symbolic link leads out of content/, static/ and themes/",
                &help,
            );
        }
    }

    /// The site path of something below `disk`, which the site calls `path`.
    fn name(&self, disk: &Path, path: &str, at: &Path) -> Option<String> {
        let below = at.strip_prefix(disk).ok()?;
        let mut name = path.to_string();
        for part in below.components() {
            name.push('/');
            name.push_str(part.as_os_str().to_str()?);
        }
        Some(name)
    }

    fn trouble(&mut self, rule: Rule, path: &str, message: impl Into<String>, help: &str) {
        self.troubles.push(Finding::new(rule, Place::file(&SitePath::from(path)), message, help));
    }
}

const READABLE: &str = "See who may read it (its permissions), then build again.";

fn read_file(path: &SitePath, disk: &Path, known: &Record) -> Result<(File, Stamp), Box<Finding>> {
    let trouble = |rule, message: String, help: &str| Box::new(Finding::new(rule, Place::file(path), message, help));
    let cannot = |error: std::io::Error| {
        trouble(Rule::READ_FILE, format!("this file cannot be read: {}", plain(&error)), READABLE)
    };
    let stamp = Stamp::of(&fs::metadata(disk).map_err(cannot)?);
    let is_text = is_text(path);
    if is_text && stamp.len > TEXT_LIMIT {
        let message = format!("this text has {} MB", stamp.len >> 20);
        let help = "More than 8 MB is not read. Split it into pages, or move it to static/ if it is a download.";
        return Err(trouble(Rule::READ_SIZE, message, help));
    }
    if let Some(digest) = known.digest(path, &stamp) {
        let file = File { digest, len: stamp.len, content: Content::Disk(disk.into()) };
        return Ok((file, stamp));
    }
    let file = if is_text {
        let bytes = fs::read(disk).map_err(cannot)?;
        File::of_bytes(bytes)
    } else {
        let (digest, len) = fs::File::open(disk).and_then(Digest::of_reader).map_err(cannot)?;
        File { digest, len, content: Content::Disk(disk.into()) }
    };
    Ok((file, stamp))
}

/// Whether guidewright itself reads the text of a file; all others are only copied.
pub fn is_text(path: &SitePath) -> bool {
    !path.starts_with("static/")
        && matches!(path.extension(), "md" | "yaml" | "yml" | "html" | "css" | "js" | "ftl" | "txt" | "svg")
}

/// An I/O error without the code in brackets.
pub fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission refused".into(),
        std::io::ErrorKind::NotFound => "it is not there".into(),
        std::io::ErrorKind::StorageFull => "the disk is full".into(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    }
}

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
