//! A place that holds only what is live: files are put over one another in a safe order, under a lock.
//!
//! The manifest is written before the first file, naming all that may be there, and after the last. So what a
//! publish that broke off left behind is known to the next one, which completes it.

use super::{
    lock::{self, Held, Lock},
    manifest::{self, Manifest},
    plan::Plan,
    remote::{Remote, Told, Trouble, Upload},
};
use crate::base::path::SitePath;
use std::{collections::BTreeSet, sync::Arc};

/// Told of each file that arrived, by its length; an error when no other may follow.
pub type GoesOn<'a> = &'a (dyn Fn(u64) -> Result<(), Trouble> + Sync);

/// What such a place can do. Names are relative to the root of what is published.
pub trait Store: Send + Sync {
    /// The place in words, without secrets.
    fn name(&self) -> String;

    /// Whether it keeps how a file is to be sent.
    fn keeps_metadata(&self) -> bool {
        false
    }

    /// From now on sends nothing that changes something unless this lock is surely held, where it can look at the
    /// moment at which bytes leave.
    fn fence(&self, _: &Arc<Held>) {}

    /// The bytes of a file; `None` when it is not there.
    ///
    /// # Errors
    /// When the place says no.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble>;

    /// Makes a file that must not be there yet; whether it was not.
    ///
    /// # Errors
    /// When the place says no.
    fn create(&self, name: &str, bytes: &[u8]) -> Result<bool, Trouble>;

    /// Writes a file, over one that is there.
    ///
    /// # Errors
    /// When the place says no.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble>;

    /// Sends files; each arrives whole or not at all. `told` hears of each that arrived, and says whether to go on.
    ///
    /// # Errors
    /// When the place says no, or it is not to go on; some may have arrived.
    fn put(&self, files: &[Upload], told: GoesOn) -> Result<(), Trouble>;

    /// Makes folders, parents first, where files do not make their own; one that is there is no trouble.
    ///
    /// # Errors
    /// When the place says no.
    fn make_folders(&self, _: &[String]) -> Result<(), Trouble> {
        Ok(())
    }

    /// Removes files; one that is not there is no trouble.
    ///
    /// # Errors
    /// When the place says no.
    fn remove(&self, paths: &[SitePath]) -> Result<(), Trouble>;

    /// Removes folders, the deepest first, where they outlive their files; one that holds something stays.
    ///
    /// # Errors
    /// When the place says no.
    fn remove_folders(&self, _: &[String]) -> Result<(), Trouble> {
        Ok(())
    }
}

/// A store that a site is published to.
pub struct Place {
    store: Arc<dyn Store>,
    lock: Option<Lock>,
    /// What is not to be removed at the end: see [`Plan::replaced`].
    replaced: BTreeSet<SitePath>,
}

impl Place {
    /// The place that a store is.
    pub fn new(store: Arc<dyn Store>) -> Place {
        Place { store, lock: None, replaced: BTreeSet::new() }
    }

    /// Nothing is done by one who lost the lock: somebody took him for dead.
    fn held(&self) -> Result<(), Trouble> {
        match self.lock.as_ref().is_some_and(Lock::is_lost) {
            true => Err(Trouble::busy(&self.store.name())),
            false => Ok(()),
        }
    }
}

impl Remote for Place {
    fn name(&self) -> String {
        self.store.name()
    }

    fn keeps_metadata(&self) -> bool {
        self.store.keeps_metadata()
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        self.store.get(manifest::NAME)
    }

    fn is_foreign(&mut self) -> Result<bool, Trouble> {
        Ok(self.store.get("index.html")?.is_some())
    }

    fn open(&mut self) -> Result<(), Trouble> {
        self.lock = Some(Lock::take(&self.store, &lock::SYSTEM)?);
        Ok(())
    }

    fn begin(&mut self, plan: &Plan) -> Result<(), Trouble> {
        self.note(&plan.claim)?;
        let (paths, folders) = plan.in_the_way();
        // In a bucket names with slashes are names like others, and nothing is in the way of anything.
        if !self.store.keeps_metadata() {
            self.replaced = plan.replaced();
            if !paths.is_empty() {
                self.store.remove(&paths)?;
                self.store.remove_folders(&folders)?;
            }
        }
        self.store.make_folders(&plan.new_folders())
    }

    fn put(&mut self, files: &[Upload], told: Told) -> Result<(), Trouble> {
        self.held()?;
        let sent = self.store.put(files, &|bytes| {
            told(bytes);
            self.held()
        });
        // Of two reasons, that somebody took over says more.
        sent.or_else(|trouble| self.held().and(Err(trouble)))
    }

    fn note(&mut self, claim: &Manifest) -> Result<(), Trouble> {
        self.held()?;
        self.store.write(manifest::NAME, &claim.bytes())
    }

    fn remove(&mut self, paths: &[SitePath], folders: &[String]) -> Result<(), Trouble> {
        self.held()?;
        let paths: Vec<SitePath> = paths.iter().filter(|path| !self.replaced.contains(*path)).cloned().collect();
        if !paths.is_empty() {
            self.store.remove(&paths)?;
        }
        self.store.remove_folders(folders)
    }

    fn commit(&mut self, manifest: &Manifest) -> Result<(), Trouble> {
        self.note(manifest)
    }
}
