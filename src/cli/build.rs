//! `guidewright build`: the site into a folder.

use super::{
    args::Common,
    session::{Session, exit},
};
use crate::{
    deliver::disk::{self, Delivery},
    report::{located::Counts, terminal},
};
use anyhow::{Result, bail};
use std::time::Instant;

/// Builds and writes.
///
/// # Errors
/// When the machine does not allow it; errors of the site are an exit code.
pub fn run(common: &Common) -> Result<u8> {
    let start = Instant::now();
    let mut session = Session::open(common)?;
    let mut built = session.build();
    let code = Session::code(&built);
    let counts = Counts::of(&built.findings);
    session.print(&built.findings, false)?;
    if code != exit::GOOD {
        session.say(&format!("{}; nothing was written", terminal::summary(counts)));
        return Ok(code);
    }
    let folder = session.output();
    let (mut seen, name) = session.delivered();
    let before = seen.clone();
    let mut tries = 0;
    let written = loop {
        match disk::write(&built.output, &folder, &session.site, &mut seen)? {
            Delivery::Done(written) => break written,
            Delivery::Missing(missing) if tries < 2 => {
                tries += 1;
                built = session.build_anew(&missing);
            }
            Delivery::Missing(_) => bail!("{} changes while it is being written to", folder.display()),
        }
    };
    if seen.differs(&before) || before.has_young() {
        session.keep_delivered(seen, &name);
    }
    let time = start.elapsed().as_millis();
    session.say(&format!(
        "{} pages in {} ms: {} files written, {} as they were, {} removed; {}",
        built.stats.pages,
        time,
        written.written,
        written.kept,
        written.removed,
        terminal::summary(counts),
    ));
    if common.verbose {
        let stats = built.stats;
        session
            .say(&format!("{} pages read, {} laid out, {} relations", stats.parsed, stats.laid_out, stats.relations));
    }
    // The system takes the memory back at once; freeing page after page takes a twentieth of the
    // whole time.
    std::mem::forget((session, built));
    Ok(code)
}
