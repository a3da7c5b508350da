//! `guidewright clean`: away with the built site and the cache.

use super::{args::Common, session::exit};
use crate::{deliver::disk, source::cache::FOLDER};
use anyhow::{Context, Result};
use std::{fs, io};

/// Removes what guidewright wrote, and nothing else.
///
/// # Errors
/// When the machine does not allow it.
pub fn run(common: &Common) -> Result<u8> {
    let folder = common.output.clone().unwrap_or_else(|| common.site.join("output"));
    let removed = disk::clean(&folder, &common.site)?;
    let cache = common.site.join(FOLDER);
    match fs::remove_dir_all(&cache) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be removed", cache.display())),
    }
    if !common.quiet {
        eprintln!("{removed} files removed");
    }
    Ok(exit::GOOD)
}
