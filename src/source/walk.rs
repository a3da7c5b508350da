//! From a folder to a [`Tree`], and on to a newer one.
//!
//! A site is exactly guide.yaml, schema.yaml, urls.txt, content/, themes/ and static/; nothing
//! else is read. A file whose size and time are as recorded keeps its recorded digest and is not
//! read at all. [`Walk::look`] looks at single folders again and [`Walk::look_everywhere`] at all of
//! them: that is how a watcher comes to a newer tree.

use super::{
    cache::{Record, Stamp},
    listing::{Lister, READABLE, TOP},
    tree::{Content, File, Tree},
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    settings::{site, yaml},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// A text file may have so many bytes: the longest novels have five million.
pub const TEXT_LIMIT: u64 = 8 << 20;

/// A site's folder as it was when it was last looked at.
#[derive(Debug)]
pub struct Walk {
    /// The site.
    pub tree: Tree,
    /// Size, time and digest of every file, for the next process.
    pub record: Record,
    site: PathBuf,
    /// The symbolic links that guide.yaml allows to lead out of the site.
    allowed: Vec<String>,
    folders: BTreeMap<SitePath, Folder>,
    /// What could not be read, by file.
    unread: BTreeMap<SitePath, Finding>,
    /// Files that were read so soon after they changed that they may have changed again in the same
    /// tick of the clock: they are read again, whatever their time says.
    young: BTreeSet<SitePath>,
    revision: u64,
}

/// A folder, by the name that the site has for it.
#[derive(Debug, Default)]
struct Folder {
    disk: PathBuf,
    identity: Option<Identity>,
    /// How many symbolic links led to it.
    links: u32,
    files: BTreeSet<SitePath>,
    folders: BTreeSet<SitePath>,
    /// Folders elsewhere in which files lie that it links to.
    beside: BTreeSet<PathBuf>,
    troubles: Vec<Finding>,
}

/// What tells a folder from another one of the same name: device and number, where the system has
/// such.
pub type Identity = (u64, u64);

/// What a look at a file found.
enum Seen {
    Same,
    File(File, Stamp, bool),
    Trouble(Box<Finding>),
}

/// Reads a site's folder. What cannot be read is a finding in the tree; this function does not fail.
pub fn walk(site: &Path, known: &Record) -> Walk {
    let site = fs::canonicalize(site).unwrap_or_else(|_| site.into());
    let mut walk = Walk {
        tree: Tree::default(),
        record: known.clone(),
        allowed: allowed(&site),
        folders: BTreeMap::new(),
        unread: BTreeMap::new(),
        young: known.young(),
        revision: 0,
        site: site.clone(),
    };
    walk.folders.insert(TOP.into(), Folder { disk: site, ..Folder::default() });
    walk.look_everywhere();
    let Walk { tree, record, .. } = &mut walk;
    record.retain(|path| tree.files.contains_key(path));
    walk
}

impl Walk {
    /// Looks at every folder again; gives the paths that changed.
    pub fn look_everywhere(&mut self) -> BTreeSet<SitePath> {
        self.look_from(vec![(TOP.into(), true)])
    }

    /// Looks at these folders again, as they are called on the disk; gives the paths that changed. New
    /// folders in them are looked at with everything below them.
    pub fn look(&mut self, folders: &BTreeSet<PathBuf>) -> BTreeSet<SitePath> {
        let inside = folders.iter().filter_map(|disk| disk.strip_prefix(&self.site).ok()?.to_str());
        let inside = inside.map(|name| match cfg!(windows) {
            true => SitePath::from(name.replace('\\', "/")),
            false => SitePath::from(name),
        });
        // Behind a link the name on the disk says nothing.
        let linked = self.folders.iter().filter(|(_, folder)| folder.links > 0 || !folder.beside.is_empty());
        let is_meant = |folder: &Folder| folders.contains(&folder.disk) || !folder.beside.is_disjoint(folders);
        let linked = linked.filter(|(_, folder)| is_meant(folder)).map(|(name, _)| name.clone());
        let names: BTreeSet<SitePath> = inside.chain(linked).collect();
        self.look_from(names.into_iter().map(|name| (name, false)).collect())
    }

    /// Lets go of the texts: whoever needs one reads it again. The digests still tell whether it is the
    /// same.
    pub fn put_down(&mut self) {
        let held = self.tree.files.iter().filter(|(_, file)| matches!(file.content, Content::Bytes(_)));
        let put_down = |(path, file): (&SitePath, &File)| {
            let content = Content::Disk(self.disk(path)?);
            Some((path.clone(), File { content, ..file.clone() }))
        };
        let files: Vec<_> = held.filter_map(put_down).collect();
        self.tree.files.extend(files);
    }

    /// A number that changes whenever [`Walk::watched`] does.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The folders to be watched, with what tells them from others of the same name.
    pub fn watched(&self) -> BTreeMap<PathBuf, Option<Identity>> {
        let own = self.folders.values().map(|folder| (folder.disk.clone(), folder.identity));
        let beside = self.folders.values().flat_map(|folder| &folder.beside);
        beside.map(|disk| (disk.clone(), identity(disk))).chain(own).collect()
    }

    /// Where a file of the site is on the disk.
    pub fn disk(&self, path: &SitePath) -> Option<PathBuf> {
        Some(self.folders.get(path.folder())?.disk.join(path.name()))
    }

    fn look_from(&mut self, mut queue: Vec<(SitePath, bool)>) -> BTreeSet<SitePath> {
        let mut changed = BTreeSet::new();
        let mut files: Vec<(SitePath, PathBuf)> = Vec::new();
        while let Some((name, deep)) = queue.pop() {
            // One that is gone went with the folder above it.
            let Some(folder) = self.folders.get_mut(&name) else { continue };
            let lister = Lister { site: &self.site, allowed: &self.allowed };
            let identity_now = identity(&folder.disk);
            let listing = lister.list(&name, &folder.disk, folder.links);
            self.revision += u64::from(folder.identity != identity_now);
            folder.identity = identity_now;
            if folder.troubles != listing.troubles {
                let files = |troubles: &[Finding]| troubles.iter().map(|t| t.place.file.clone()).collect::<Vec<_>>();
                changed.extend(files(&folder.troubles));
                changed.extend(files(&listing.troubles));
                folder.troubles = listing.troubles;
            }
            self.revision += u64::from(folder.beside != listing.beside);
            folder.beside = listing.beside;
            let old_files = std::mem::replace(&mut folder.files, listing.files.keys().cloned().collect());
            let old_folders = std::mem::replace(&mut folder.folders, listing.folders.keys().cloned().collect());
            for gone in old_files.iter().filter(|path| !listing.files.contains_key(*path)) {
                self.remove_file(gone, &mut changed);
            }
            for gone in old_folders.iter().filter(|path| !listing.folders.contains_key(*path)) {
                self.remove_folder(gone, &mut changed);
            }
            for (path, (disk, links)) in listing.folders {
                let known = self.folders.get(&path);
                let is_same = known.is_some_and(|known| known.disk == disk && known.identity == identity(&disk));
                if !is_same {
                    let folder = self.folders.entry(path.clone()).or_default();
                    (folder.disk, folder.links) = (disk, links);
                }
                if deep || !is_same {
                    queue.push((path, true));
                }
            }
            files.extend(listing.files);
        }
        self.look_at_files(files, &mut changed);
        self.gather_troubles();
        // Other links may be allowed now.
        if changed.contains(site::FILE) {
            let allowed = allowed(&self.site);
            if std::mem::replace(&mut self.allowed, allowed) != self.allowed {
                changed.extend(self.look_everywhere());
            }
        }
        changed
    }

    fn look_at_files(&mut self, files: Vec<(SitePath, PathBuf)>, changed: &mut BTreeSet<SitePath>) {
        let look = |(path, disk): (SitePath, PathBuf)| {
            let known = self.record.get(&path).filter(|_| !self.young.contains(&path));
            let seen = read_file(&path, &disk, known, self.tree.files.get(&path));
            (path, seen)
        };
        // For a single file other threads cost more than they bring.
        let seen: Vec<(SitePath, Seen)> = match files.len() {
            0..16 => files.into_iter().map(look).collect(),
            _ => files.into_par_iter().map(look).collect(),
        };
        for (path, seen) in seen {
            match seen {
                Seen::Same => {}
                Seen::File(file, stamp, young) => {
                    if young {
                        self.young.insert(path.clone())
                    } else {
                        self.young.remove(&path)
                    };
                    self.record.set(&path, stamp, file.digest);
                    let was_unread = self.unread.remove(&path).is_some();
                    let is_same = self.tree.files.get(&path).is_some_and(|old| old.digest == file.digest);
                    if was_unread || !is_same {
                        self.tree.files.insert(path.clone(), file);
                        changed.insert(path);
                    }
                }
                Seen::Trouble(finding) => {
                    self.tree.files.remove(&path);
                    self.record.remove(&path);
                    if self.unread.get(&path) != Some(&*finding) {
                        self.unread.insert(path.clone(), *finding);
                        changed.insert(path);
                    }
                }
            }
        }
    }

    fn remove_file(&mut self, path: &SitePath, changed: &mut BTreeSet<SitePath>) {
        self.record.remove(path);
        self.young.remove(path);
        let was_read = self.tree.files.remove(path).is_some();
        if self.unread.remove(path).is_some() || was_read {
            changed.insert(path.clone());
        }
    }

    fn remove_folder(&mut self, path: &SitePath, changed: &mut BTreeSet<SitePath>) {
        let Some(folder) = self.folders.remove(path) else { return };
        self.revision += 1;
        changed.extend(folder.troubles.iter().map(|trouble| trouble.place.file.clone()));
        folder.files.iter().for_each(|file| self.remove_file(file, changed));
        folder.folders.iter().for_each(|folder| self.remove_folder(folder, changed));
    }

    fn gather_troubles(&mut self) {
        let listed = self.folders.values().flat_map(|folder| &folder.troubles);
        self.tree.troubles = listed.chain(self.unread.values()).cloned().collect();
        self.tree.troubles.sort_by(|a, b| a.place.file.cmp(&b.place.file));
    }
}

/// The symbolic links that guide.yaml allows: asked for before the walk that follows them.
fn allowed(site: &Path) -> Vec<String> {
    let text = fs::read_to_string(site.join(site::FILE)).unwrap_or_default();
    let node = yaml::parse(&text, 0).ok();
    let items = node.as_ref().and_then(|node| node.get("symlinks")).map(yaml::Node::items).unwrap_or_default();
    items.into_iter().filter_map(|item| item.text().map(|text| text.trim_matches('/').to_string())).collect()
}

fn identity(disk: &Path) -> Option<Identity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(disk).ok().map(|found| (found.dev(), found.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = disk;
        None
    }
}

/// Looks at one file. `known` is what is recorded of it and can be trusted, `held` what the tree has.
fn read_file(path: &SitePath, disk: &Path, known: Option<(Stamp, Digest)>, held: Option<&File>) -> Seen {
    let trouble = |rule, message: String, help: &str| {
        Seen::Trouble(Box::new(Finding::new(rule, Place::file(path), message, help)))
    };
    let cannot = |error: std::io::Error| {
        trouble(Rule::READ_FILE, format!("this file cannot be read: {}", plain(&error)), READABLE)
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as i128);
    let stamp = match fs::metadata(disk) {
        Ok(metadata) => Stamp::of(&metadata),
        Err(error) => return cannot(error),
    };
    let is_text = is_text(path);
    if is_text && stamp.len > TEXT_LIMIT {
        let message = format!("this text has {} MB", stamp.len >> 20);
        let help = "More than 8 MB is not read. Split it into pages, or move it to static/ if it is a download.";
        return trouble(Rule::READ_SIZE, message, help);
    }
    if let Some((_, digest)) = known.filter(|(recorded, _)| *recorded == stamp) {
        return match held {
            Some(held) if held.digest == digest => Seen::Same,
            _ => Seen::File(File { digest, len: stamp.len, content: Content::Disk(disk.into()) }, stamp, false),
        };
    }
    let read = match is_text {
        true => fs::read(disk).map(File::of_bytes),
        false => fs::File::open(disk).and_then(Digest::of_reader).map(|(digest, len)| File {
            digest,
            len,
            content: Content::Disk(disk.into()),
        }),
    };
    match read {
        Ok(file) => Seen::File(file, stamp, stamp.is_younger_than(now)),
        Err(error) => cannot(error),
    }
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

    /// A site in a folder, and a hand that writes into it.
    fn site() -> (tempfile::TempDir, impl Fn(&str, &str)) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let put = move |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("guide.yaml", "title: x\n");
        put("content/index.md", "home");
        (folder, put)
    }

    fn names(changed: &BTreeSet<SitePath>) -> Vec<&str> {
        changed.iter().map(|path| &**path).collect()
    }

    /// The folder of that name, as a walk calls it.
    fn on_disk(site: &tempfile::TempDir, name: &str) -> BTreeSet<PathBuf> {
        BTreeSet::from([fs::canonicalize(site.path()).unwrap().join(name)])
    }

    #[test]
    fn a_look_at_a_folder_finds_what_is_new_changed_and_gone_in_it() {
        let (site, put) = site();
        put("content/a.md", "a");
        put("content/b/c.md", "c");
        let mut walk = walk(site.path(), &Record::default());
        put("content/a.md", "A");
        put("content/new/deep/d.md", "d");
        put("content/b/c.md", "C");
        fs::remove_file(site.path().join("content/index.md")).unwrap();
        let changed = walk.look(&on_disk(&site, "content"));
        assert_eq!(names(&changed), ["content/a.md", "content/index.md", "content/new/deep/d.md"]);
        assert_eq!(names(&walk.look(&on_disk(&site, "content/b"))), ["content/b/c.md"]);
        assert!(walk.look_everywhere().is_empty(), "nothing is left to find");
    }

    #[test]
    fn a_folder_that_went_takes_everything_below_it_along() {
        let (site, put) = site();
        put("content/b/c/d.md", "d");
        let mut walk = walk(site.path(), &Record::default());
        fs::rename(site.path().join("content/b"), site.path().join("content/e")).unwrap();
        let changed = walk.look(&on_disk(&site, "content"));
        assert_eq!(names(&changed), ["content/b/c/d.md", "content/e/c/d.md"]);
        assert!(!walk.watched().keys().any(|folder| folder.ends_with("content/b")));
    }

    #[test]
    fn a_folder_replaced_by_another_of_its_name_is_looked_at_whole() {
        let (site, put) = site();
        put("themes/own/css/own.css", "one");
        let mut walk = walk(site.path(), &Record::default());
        fs::rename(site.path().join("themes/own"), site.path().join("away")).unwrap();
        put("themes/own/css/own.css", "two");
        assert_eq!(names(&walk.look(&on_disk(&site, "themes"))), ["themes/own/css/own.css"]);
    }

    #[test]
    fn a_change_within_one_tick_of_the_clock_is_not_missed() {
        let (site, put) = site();
        for n in 0..200 {
            put("content/a.md", &format!("{}", n % 10));
            let mut walk = walk(site.path(), &Record::default());
            put("content/a.md", &format!("{}", (n + 1) % 10));
            assert_eq!(names(&walk.look(&on_disk(&site, "content"))), ["content/a.md"]);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed_once_guide_yaml_allows_it() {
        let (site, put) = site();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("page.md"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), site.path().join("content/shared")).unwrap();
        let mut walk = walk(site.path(), &Record::default());
        assert_eq!(walk.tree.troubles.len(), 1);
        put("guide.yaml", "title: x\nsymlinks: [content/shared]\n");
        let changed = walk.look(&on_disk(&site, ""));
        assert!(changed.contains("content/shared/page.md") && walk.tree.troubles.is_empty(), "{changed:?}");
        fs::write(outside.path().join("page.md"), "y").unwrap();
        let real = fs::canonicalize(outside.path()).unwrap();
        assert_eq!(names(&walk.look(&BTreeSet::from([real]))), ["content/shared/page.md"]);
    }
}
