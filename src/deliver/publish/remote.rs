//! The one door to a place: what every remote can do, and how it says that it cannot.

use super::{manifest::Manifest, plan::Plan};
use crate::base::path::SitePath;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a publish did not come to its end. What was live before still is.
#[derive(Debug, Error)]
#[error("{message}\nhelp: {help}")]
pub struct Trouble {
    message: String,
    help: String,
    is_final: bool,
}

/// What to do where nobody but the connection, or the address, is to blame.
pub const GOES_ON: &str = "What was published before is still there. Mend the connection or the address, then publish again: it goes on where it stopped.";

impl Trouble {
    /// What happened, and how to mend it.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), help: help.into(), is_final: false }
    }

    /// The same, where trying again cannot help.
    pub fn for_good(self) -> Trouble {
        Trouble { is_final: true, ..self }
    }

    /// Whether trying again cannot help.
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// The disk of this machine, or of the place, said no.
    pub fn disk(path: &Path, error: &io::Error) -> Trouble {
        Trouble::new(
            format!("{} cannot be read or written: {}", path.display(), crate::source::walk::plain(error)),
            "Mend the disk or its permissions, then publish again: it goes on where it stopped.",
        )
    }

    /// Somebody else publishes there just now.
    pub fn busy(place: &str) -> Trouble {
        Trouble::new(format!("another guidewright is publishing to {place}"), "Wait for it to end, then publish again.")
    }
}

/// A file on its way.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where it goes.
    pub path: SitePath,
    /// Its bytes, on this machine.
    pub file: PathBuf,
    /// How many.
    pub len: u64,
    /// `gzip` where the bytes are compressed and the place is to say so.
    pub encoding: Option<&'static str>,
}

/// Told of each file that arrived: its length in bytes.
pub type Told<'a> = &'a (dyn Fn(u64) + Sync);

/// One place that a site is published to.
pub trait Remote {
    /// The place in words, without secrets.
    fn name(&self) -> String;

    /// Whether it keeps how a file is to be sent: then a file is another one when that is another.
    fn keeps_metadata(&self) -> bool {
        false
    }

    /// The manifest that the last publish left there.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn manifest(&mut self) -> Result<Option<Vec<u8>>, Trouble>;

    /// Whether there is a site that guidewright did not put there.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn is_foreign(&mut self) -> Result<bool, Trouble>;

    /// Makes ready. From here on, until it is dropped, no other publisher may write there.
    ///
    /// # Errors
    /// When somebody publishes there, or the place says no.
    fn open(&mut self) -> Result<(), Trouble>;

    /// Begins what the plan says.
    ///
    /// # Errors
    /// When the place says no.
    fn begin(&mut self, plan: &Plan) -> Result<(), Trouble>;

    /// Sends files; each arrives whole or not at all.
    ///
    /// # Errors
    /// When the place says no; some may have arrived.
    fn put(&mut self, files: &[Upload], told: Told) -> Result<(), Trouble>;

    /// Notes how far it is, so that a publish after a break need not begin again.
    ///
    /// # Errors
    /// When the place says no.
    fn note(&mut self, claim: &Manifest) -> Result<(), Trouble>;

    /// Removes files, and these folders, the deepest first, unless somebody else has something in them.
    ///
    /// # Errors
    /// When the place says no; some may be gone.
    fn remove(&mut self, paths: &[SitePath], folders: &[String]) -> Result<(), Trouble>;

    /// Leaves the manifest, and makes the release the live one.
    ///
    /// # Errors
    /// When the place says no.
    fn commit(&mut self, manifest: &Manifest) -> Result<(), Trouble>;

    /// Goes back to the release before by itself, or only says to which that would be: its number. `None` for a place
    /// that holds only what is live.
    ///
    /// # Errors
    /// When there is none, or the place says no.
    fn roll_back(&mut self, _is_trial: bool) -> Result<Option<u64>, Trouble> {
        Ok(None)
    }
}
