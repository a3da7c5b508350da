//! What a publish would do: pure arithmetic on two lists of files.

use super::manifest::{Manifest, Old};
use crate::{
    base::{mime::of_sibling, path::SitePath},
    emit::{headers::is_hashed, hosts},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done, in the order in which it is safe: assets before the pages that load them, entry points
/// last, and only then what is not needed any more goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The number of this release.
    pub release: u64,
    /// Files that are not there yet.
    pub add: Vec<SitePath>,
    /// Files that are there with other bytes, or nobody knows with which.
    pub change: Vec<SitePath>,
    /// Files that are there as they should be.
    pub keep: Vec<SitePath>,
    /// Files that an earlier publish put there and the site does not have any more.
    pub delete: Vec<SitePath>,
    /// Hashed files of earlier releases that stay for a while.
    pub retain: Vec<SitePath>,
    /// Whether the publish before broke off: then its manifest at least has to be written.
    pub completes: bool,
    /// The manifest while it is done.
    pub claim: Manifest,
    /// The manifest when it is done.
    pub manifest: Manifest,
}

/// When a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What pages load: first.
    Asset,
    /// Pages.
    Page,
    /// Where readers, search engines and the search come in: last.
    Entry,
}

impl Stage {
    /// All of them in their order.
    pub const ALL: [Stage; 3] = [Stage::Asset, Stage::Page, Stage::Entry];

    /// The stage of a file; a compressed sibling goes with its file.
    pub fn of(path: &str) -> Stage {
        let path = of_sibling(path).unwrap_or(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "feed.xml" | "sitemap.xml" | "robots.txt" | "llms.txt" => Stage::Entry,
            _ if hosts::is_own(path) || path == "index.html" => Stage::Entry,
            _ if path.starts_with("search/") && name == "index.bin" => Stage::Entry,
            _ if name.ends_with(".html") || name.ends_with(".md") => Stage::Page,
            _ => Stage::Asset,
        }
    }
}

impl Plan {
    /// The plan that takes a place from what its manifest says to these files (digests by path). `keep` is for
    /// how many releases the hashed files of old ones stay.
    pub fn new(files: &BTreeMap<SitePath, String>, before: Option<&Manifest>, keep: u32) -> Plan {
        let nothing = Manifest::default();
        let before = before.unwrap_or(&nothing);
        let release = before.release.saturating_add(1);
        let there = |path: &SitePath| {
            before.files.get(path).or_else(|| before.old.get(path).map(|old| &old.digest)).filter(|own| !own.is_empty())
        };
        let is_listed = |path: &SitePath| before.files.contains_key(path) || before.old.contains_key(path);
        let (mut add, mut change, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (path, digest) in files {
            match there(path) {
                Some(own) if own == digest => kept.push(path.clone()),
                None if !is_listed(path) => add.push(path.clone()),
                _ => change.push(path.clone()),
            }
        }

        let mut old: BTreeMap<SitePath, Old> = before.old.clone();
        let gone = before.files.iter().filter(|(path, _)| !files.contains_key(*path));
        let mut delete = Vec::new();
        for (path, digest) in gone {
            let hashed = is_hashed(of_sibling(path).unwrap_or(path)) && !digest.is_empty();
            match hashed {
                true => drop(old.insert(path.clone(), Old { digest: digest.clone(), release: before.release })),
                false => delete.push(path.clone()),
            }
        }
        old.retain(|path, _| !files.contains_key(path));
        let expired = |old: &Old| old.release.saturating_add(keep.into()) < release;
        delete.extend(old.iter().filter(|(_, old)| expired(old)).map(|(path, _)| path.clone()));
        old.retain(|_, old| !expired(old));
        // What lies in a folder of dots is somebody's arrangement with the host, and stays.
        delete.retain(|path| !path.folder().split('/').any(|part| part.starts_with('.') && part != ".host"));
        delete.sort();

        let manifest = Manifest { version: 2, release, whole: true, files: files.clone(), old };
        let mut claim = Manifest { whole: false, ..manifest.clone() };
        let unknown = add.iter().chain(&change).chain(&delete).map(|path| (path.clone(), String::new()));
        claim.files.extend(unknown);
        Plan {
            release,
            add,
            change,
            keep: kept,
            delete,
            retain: manifest.old.keys().cloned().collect(),
            completes: before.release > 0 && !before.whole,
            claim,
            manifest,
        }
    }

    /// The plan for a place that is as it should be.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.change.is_empty() && self.delete.is_empty() && !self.completes
    }

    /// Folders that may not be there yet, parents first.
    pub fn new_folders(&self) -> Vec<String> {
        let there: BTreeSet<&str> = self.keep.iter().flat_map(folders).collect();
        let needed: BTreeSet<&str> = self.sends().flat_map(folders).collect();
        needed.difference(&there).map(|folder| folder.to_string()).collect()
    }

    /// Folders in which nothing of the site is any more, the deepest first.
    pub fn old_folders(&self) -> Vec<String> {
        let is_file = |name: &str| self.manifest.files.contains_key(name);
        let is_gone = |folder: &str| is_file(folder) || folder.match_indices('/').any(|(at, _)| is_file(&folder[..at]));
        self.left_folders().filter(|folder| !is_gone(folder)).map(String::from).collect()
    }

    /// The same, with those where a file stands now.
    fn left_folders(&self) -> impl Iterator<Item = &str> {
        let stay = self.manifest.files.keys().chain(self.manifest.old.keys());
        let needed: BTreeSet<&str> = stay.flat_map(folders).collect();
        let left: BTreeSet<&str> = self.delete.iter().flat_map(folders).collect();
        left.into_iter().rev().filter(move |folder| !needed.contains(folder))
    }

    /// What is deleted and stands where a new file, or the folder of one, must be; and the folders where one must be.
    /// That goes first.
    pub fn in_the_way(&self) -> (Vec<SitePath>, Vec<String>) {
        let new: BTreeSet<&str> = self.sends().map(|path| &**path).collect();
        let needed: BTreeSet<&str> = self.sends().flat_map(folders).collect();
        let is_below = |path: &SitePath| folders(path).any(|folder| new.contains(folder));
        let paths = self.delete.iter().filter(|path| needed.contains(&***path) || is_below(path)).cloned().collect();
        let is_in_the_way =
            |folder: &&str| new.contains(folder) || new.iter().any(|path| folder.starts_with(&format!("{path}/")));
        let folders = self.left_folders().filter(is_in_the_way).map(String::from);
        (paths, folders.collect())
    }

    /// Of what is deleted that which cannot be there any more when all new files are: where there are folders, a folder
    /// of that name stands now, or a file stands above. Whoever deleted it then would delete what is new.
    pub fn replaced(&self) -> BTreeSet<SitePath> {
        let files = || self.manifest.files.keys().chain(self.manifest.old.keys());
        let there: BTreeSet<&str> = files().flat_map(folders).collect();
        let is_file = |path: &str| self.manifest.files.contains_key(path) || self.manifest.old.contains_key(path);
        let is_replaced = |path: &&SitePath| there.contains(&***path) || folders(path).any(is_file);
        self.delete.iter().filter(is_replaced).cloned().collect()
    }

    /// The files to send, in their stages.
    pub fn sends(&self) -> impl Iterator<Item = &SitePath> {
        self.add.iter().chain(&self.change)
    }

    /// How much of what is there would be deleted, from 0 to 1.
    pub fn share_deleted(&self) -> f64 {
        let there = self.keep.len() + self.change.len() + self.delete.len();
        if there == 0 { 0.0 } else { self.delete.len() as f64 / there as f64 }
    }
}

/// The folders above a file, the highest first.
fn folders(path: &SitePath) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<SitePath, String> {
        list.iter().map(|(path, digest)| (SitePath::from(*path), digest.to_string())).collect()
    }

    fn paths(list: &[SitePath]) -> Vec<&str> {
        list.iter().map(|path| &**path).collect()
    }

    #[test]
    fn assets_go_before_pages_and_entry_points_last() {
        let mut list =
            ["index.html", "a/index.html", "assets/x.0123456789.css", "search/index.bin", "_headers", "a/p.png"];
        list.sort_by_key(|path| Stage::of(path));
        assert_eq!(Stage::of(list[0]), Stage::Asset);
        assert_eq!(list[2], "a/index.html");
        assert_eq!(Stage::of("a/index.html.br"), Stage::Page);
        assert_eq!(Stage::of("index.html.gz"), Stage::Entry);
    }

    #[test]
    fn old_hashed_files_stay_for_so_many_releases_and_then_go() {
        let style = |n: u32| format!("assets/style.{n:010}.css");
        let release = |n: u32| files(&[("index.html", &n.to_string()), (&style(n), "s")]);
        let mut manifest = Plan::new(&release(1), None, 2).manifest;
        for n in 2..=3 {
            let plan = Plan::new(&release(n), Some(&manifest), 2);
            assert!(plan.delete.is_empty(), "{n}: {:?}", plan.delete);
            manifest = plan.manifest;
        }
        let plan = Plan::new(&release(4), Some(&manifest), 2);
        assert_eq!(paths(&plan.delete), [style(1)]);
        assert_eq!(paths(&plan.retain), [style(2), style(3)]);
    }

    #[test]
    fn a_broken_publish_is_completed_and_leaves_nothing_behind() {
        let (before, after) = (files(&[("a", "1"), ("b", "1")]), files(&[("a", "2"), ("c", "1")]));
        let first = Plan::new(&before, None, 1);
        let broken = Plan::new(&after, Some(&first.manifest), 1).claim;
        let again = Plan::new(&after, Some(&broken), 1);
        assert_eq!((paths(&again.change), paths(&again.delete)), (vec!["a", "c"], vec!["b"]));
        let arrived = Manifest { files: after.clone(), ..broken };
        assert!(!Plan::new(&after, Some(&arrived), 1).is_empty(), "its manifest is still that of a broken one");
    }

    #[test]
    fn folders_come_before_their_files_and_go_after_them() {
        let first = Plan::new(&files(&[("a/b/c.html", "1"), ("a/x.html", "1")]), None, 1);
        assert_eq!(first.new_folders(), ["a", "a/b"]);
        let second = Plan::new(&files(&[("a/x.html", "1"), ("d/e.html", "1")]), Some(&first.manifest), 1);
        assert_eq!((second.new_folders(), second.old_folders()), (vec!["d".to_string()], vec!["a/b".to_string()]));
    }

    #[test]
    fn a_file_that_becomes_a_folder_makes_way_and_a_folder_that_becomes_a_file_as_well() {
        let (a, b) =
            (files(&[("x", "1"), ("y/z/f", "1"), ("k", "1")]), files(&[("x/new", "1"), ("y", "1"), ("k", "1")]));
        let first = Plan::new(&a, None, 1);
        let (paths, folders) = Plan::new(&b, Some(&first.manifest), 1).in_the_way();
        assert_eq!(paths.iter().map(|path| &**path).collect::<Vec<_>>(), ["x", "y/z/f"]);
        assert_eq!(folders, ["y/z", "y"]);
        assert!(Plan::new(&b, Some(&first.manifest), 1).old_folders().is_empty(), "y is a file now");
        let replaced = Plan::new(&b, Some(&first.manifest), 1).replaced();
        assert_eq!(replaced.iter().map(|path| &**path).collect::<Vec<_>>(), ["x", "y/z/f"]);
    }

    #[test]
    fn what_lies_in_folders_of_dots_stays() {
        let before =
            Plan::new(&files(&[(".well-known/x", "1"), (".host/nginx.conf", "1"), (".nojekyll", "1")]), None, 1);
        let plan = Plan::new(&files(&[]), Some(&before.manifest), 1);
        assert_eq!(paths(&plan.delete), [".host/nginx.conf", ".nojekyll"]);
    }

    proptest! {
        /// Whatever was there: afterwards the files are there, what is not deleted nor retained was never ours,
        /// and publishing once more does nothing.
        #[test]
        fn a_plan_leads_to_the_site(
            before in prop::collection::btree_map("[a-c]/[a-e]", "[12]", 0..12),
            after in prop::collection::btree_map("[a-c]/[a-e]", "[12]", 0..12),
        ) {
            let of = |list: BTreeMap<String, String>| list.into_iter().map(|(path, digest)| (SitePath::from(path), digest)).collect();
            let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (of(before), of(after));
            let first = Plan::new(&before, None, 2);
            let plan = Plan::new(&after, Some(&first.manifest), 2);
            let mut place = before.clone();
            for path in plan.sends() {
                place.insert(path.clone(), after[path].clone());
            }
            for path in &plan.delete {
                place.remove(path);
            }
            prop_assert_eq!(&place, &after);
            prop_assert!(Plan::new(&after, Some(&plan.manifest), 2).is_empty());
        }
    }
}
