//! Publishing: what a place holds is compared with what it should hold, and what differs goes there in an order in
//! which no reader ever meets a page without what it needs.
//!
//! The plan is arithmetic ([`plan`]); a remote ([`remote`]) is the one door to a place. A folder and a git branch
//! exchange the whole site in one step; in all other places ([`place`]) files are put over one another under a
//! lock, the new ones before those that lead to them, and deletions last.

pub mod archive;
mod aws;
#[cfg(feature = "cloud")]
mod dav;
pub mod dress;
#[cfg(feature = "cloud")]
mod fence;
mod folder;
mod git;
mod lock;
pub mod manifest;
#[cfg(feature = "cloud")]
mod objects;
mod place;
pub mod plan;
pub mod progress;
pub mod remote;
mod rsync;
mod sftp;
mod system;
#[cfg(feature = "cloud")]
pub mod verify;
#[cfg(feature = "cloud")]
mod web;

pub use system::scrubbed;

use super::disk::plain_path;
use crate::{
    base::{mime::of_sibling, path::SitePath},
    emit::{headers::is_hashed, hosts},
    settings::publish::{self, Target},
};
use manifest::Manifest;
use place::{Place, Store};
use plan::{Plan, Stage};
use remote::{Remote, Trouble, Upload};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// The remote of a target. `site` is the folder of the site, `work` one for what the remote needs on this machine.
///
/// # Errors
/// When its address cannot be understood, or its keys are missing.
pub fn open(target: &Target, site: &Path, work: &Path) -> Result<Box<dyn Remote>, Trouble> {
    let Some(remote) = &target.remote else {
        return Err(Trouble::new(
            "this target has no `remote:`, so there is nowhere to publish to",
            "Write `remote:` for it in guide.yaml, or use `guidewright build --target` and take the output there yourself.",
        ));
    };
    // Every path of a target is relative to the site, wherever one is.
    let site = plain_path(site);
    let store: Arc<dyn Store> = match remote {
        publish::Remote::Folder { path } => {
            let place = plain_path(&site.join(path));
            let is_source =
                ["content", "static", "themes", ".guidewright"].iter().any(|own| place.starts_with(site.join(own)));
            if is_source || place == site {
                return Err(Trouble::new(
                    format!("{} is what the site is made from, and no place to publish to", place.display()),
                    "Let `path:` in guide.yaml name a folder outside of the site.",
                ));
            }
            return Ok(Box::new(folder::Folder::new(place, target.keep)));
        }
        publish::Remote::Git { url, branch } => {
            return Ok(Box::new(git::Git::new(url.clone(), branch.clone(), plain_path(work).join("git"), site)));
        }
        publish::Remote::Sftp { url, config } => Arc::new(sftp::Sftp::new(url, config.clone(), site)?),
        publish::Remote::Rsync { url, config } => Arc::new(rsync::Rsync::new(url, config.clone(), site)?),
        cloud => objects(cloud, target.at_once)?,
    };
    Ok(Box::new(Place::new(store)))
}

#[cfg(feature = "cloud")]
fn objects(remote: &publish::Remote, at_once: usize) -> Result<Arc<dyn Store>, Trouble> {
    Ok(Arc::new(objects::Objects::open(remote, at_once)?))
}

#[cfg(not(feature = "cloud"))]
fn objects(_: &publish::Remote, _: usize) -> Result<Arc<dyn Store>, Trouble> {
    Err(Trouble::new(
        "this guidewright was built without object stores and WebDAV",
        "Build it with `cargo build --release --features cloud`.",
    ))
}

/// What a publish would do, and what speaks against it.
#[derive(Debug)]
pub struct Survey {
    /// The plan.
    pub plan: Plan,
    /// Addresses that are there now and would lead nowhere.
    pub vanished: Vec<SitePath>,
    /// Whether there is a site that guidewright did not put there.
    pub is_foreign: bool,
    before: Option<Manifest>,
}

/// Looks at a place and compares. `moved` says whether an address that has no file leads on all the same.
///
/// # Errors
/// When the place cannot be asked.
pub fn survey(
    remote: &mut dyn Remote,
    files: &BTreeMap<SitePath, String>,
    keep: u32,
    moved: impl Fn(&SitePath) -> bool,
) -> Result<Survey, Trouble> {
    if let Some(path) = files.keys().find(|path| !manifest::is_plain(path)) {
        return Err(Trouble::new(format!("the name {path:?} has a line break or the like in it"), "Rename the file."));
    }
    let bytes = remote.manifest()?;
    if bytes.as_ref().is_some_and(|bytes| Manifest::is_newer(bytes)) {
        return Err(Trouble::new(
            format!("{} was published to by a newer guidewright than this", remote.name()),
            "Update guidewright on this machine.",
        ));
    }
    let before = bytes.and_then(|bytes| Manifest::read(&bytes));
    let is_foreign = before.is_none() && remote.is_foreign()?;
    let plan = Plan::new(files, before.as_ref(), keep);
    let vanished = plan.delete.iter().filter(|path| has_readers(path) && !moved(path)).cloned().collect();
    Ok(Survey { plan, vanished, is_foreign, before })
}

/// Whether readers may have the address of a file: of a page, or of what it leads to, like a leaflet. What goes with
/// its page, and what only programs ask for, is not told apart.
fn has_readers(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_beside = matches!(name, "404.html" | "feed.xml" | "index.md") || of_sibling(path).is_some();
    !is_beside && !is_hashed(path) && !hosts::is_own(path) && !path.starts_with("search/")
}

/// So many parts an upload has at the most, after each of which is noted how far it is.
const PARTS: usize = 20;
/// And so many files a part has at the least.
const PART: usize = 200;

/// Carries out the plan of a survey with these files, which [`dress::Wardrobe::make`] made. `told` hears of each.
///
/// # Errors
/// When somebody else publishes there, or the place says no. What is live is then whole, and the next publish goes
/// on from there.
pub fn carry_out(
    remote: &mut dyn Remote,
    survey: &Survey,
    uploads: &[Upload],
    told: &(dyn Fn(u64) + Sync),
) -> Result<(), Trouble> {
    let plan = &survey.plan;
    remote.open()?;
    let now = remote.manifest()?.and_then(|bytes| Manifest::read(&bytes));
    if now != survey.before {
        return Err(Trouble::new(
            format!("somebody published to {} in the meantime", remote.name()),
            "Publish again: it begins with what they left.",
        ));
    }
    remote.begin(plan)?;
    let mut claim = plan.claim.clone();
    let part = uploads.len().div_ceil(PARTS).max(PART);
    for stage in Stage::ALL {
        let own: Vec<Upload> = uploads.iter().filter(|file| Stage::of(&file.path) == stage).cloned().collect();
        for part in own.chunks(part) {
            remote.put(part, told)?;
            for file in part {
                claim.files.insert(file.path.clone(), plan.manifest.files[&file.path].clone());
            }
            if uploads.len() > PART {
                remote.note(&claim)?;
            }
        }
    }
    if !plan.delete.is_empty() {
        remote.remove(&plan.delete, &plan.old_folders())?;
    }
    remote.commit(&plan.manifest)
}
