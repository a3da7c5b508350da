//! `guidewright check`: everything that a build would find, and nothing written.

use super::{
    args::{Common, Deny},
    session::{Session, exit},
};
use crate::report::terminal;
use anyhow::Result;

/// Builds in memory and prints what was found.
///
/// # Errors
/// When the site cannot be read by this machine.
pub fn run(common: &Common, deny: Option<Deny>, todo: bool) -> Result<u8> {
    let mut session = Session::open(common)?;
    let built = session.build();
    session.print(&built.findings, todo)?;
    let counts = built.findings.counts();
    session.say(&format!("{} pages: {}", built.stats.pages, terminal::summary(counts)));
    let code = match Session::code(&built) {
        exit::GOOD if deny == Some(Deny::Warnings) && counts.warnings > 0 => exit::ERRORS,
        code => code,
    };
    // As in `build`: the system frees the memory faster than we could.
    std::mem::forget((session, built));
    Ok(code)
}
