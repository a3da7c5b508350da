//! `guidewright build`: the site into a folder.

use super::{
    args::Common,
    session::{Session, exit},
    watching::{self, After, Requests, Round},
};
use crate::{
    build::{Build, Slow},
    deliver::disk::{self, Delivered, Delivery, Written},
    report::{terminal, ticker::Ticker},
    source::watch::Watch,
};
use anyhow::{Result, bail};
use std::{collections::BTreeSet, time::Instant};

/// Builds and writes.
///
/// # Errors
/// When the machine does not allow it; errors of the site are an exit code.
pub fn run(common: &Common) -> Result<u8> {
    let start = Instant::now();
    let mut session = Session::open(common)?;
    let built = session.build();
    let code = Session::code(&built);
    let counts = built.findings.counts();
    session.print(&built.findings, false)?;
    if code != exit::GOOD {
        session.say(&format!("{}; nothing was written", terminal::summary(counts)));
        return Ok(code);
    }
    let (built, written) = deliver(&mut session, built)?;
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

/// Writes a build into the output folder; what it leans on and is not there any more is made again.
///
/// # Errors
/// When the disk says no, or the folder is not one to write to.
pub fn deliver(session: &mut Session, mut built: Build) -> Result<(Build, Written)> {
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
    Ok((built, written))
}

/// Builds and writes whenever the site changes, until interrupted. A build with errors writes nothing.
///
/// # Errors
/// When the site's folder is not there, or the output folder is not one to write to.
pub fn watch(common: &Common, poll: bool) -> Result<u8> {
    let started = Instant::now();
    let mut session = Session::watching(common)?;
    let (watch, why) = Watch::new(poll);
    why.iter().for_each(|why| session.say(why));
    let requests = Requests::new(&watch);
    watching::stop_on_signal(requests.clone())?;
    let (mut ticker, mut last) = (Ticker::default(), None);
    if let Some(built) = watching::build(&mut session, &BTreeSet::new(), Slow::Now) {
        session.print(&built.findings, false)?;
        ticker.next(&built.findings, |_| true);
        let state = terminal::summary(built.findings.counts());
        let pages = built.stats.pages;
        // An output folder that is not ours will be no other later: that ends it all.
        let done = deliver_good(&mut session, built, &mut last)?;
        session.say(&format!("{pages} pages in {} ms: {done}; {state}", started.elapsed().as_millis()));
    }
    session.walk.put_down();
    session.say("Watching. Press Ctrl-C to stop.");
    let mut failed = String::new();
    watching::run(&mut session, watch, &requests, &mut |session, round| {
        let Some(mut round) = round else { return After::Wait };
        let started = Instant::now();
        let news = watching::News::of(session, &mut ticker, &mut round);
        let Round { built, time, .. } = round;
        match deliver_good(session, built, &mut last) {
            Ok(done) => {
                failed.clear();
                news.tell(session, time + started.elapsed(), &done);
                After::Wait
            }
            Err(error) => {
                let error = format!("{error:#}");
                if failed != error {
                    news.tell(session, time + started.elapsed(), "not all was written");
                    session.say(&format!("error: {error}\nIt is tried again every second."));
                    failed = error;
                }
                After::Retry
            }
        }
    });
    session.keep();
    Ok(exit::GOOD)
}

/// Writes a build, if it has no errors; says what was done. `last` is what was written before.
fn deliver_good(session: &mut Session, built: Build, last: &mut Option<Delivered>) -> Result<String> {
    if Session::code(&built) != exit::GOOD {
        return Ok("nothing was written".into());
    }
    let renewed = match last {
        Some(last) => last.renew(&built.output)?,
        None => None,
    };
    let Written { written, removed, .. } = match renewed {
        Some(Delivery::Done(written)) => written,
        _ => {
            *last = None;
            let (built, written) = deliver(session, built)?;
            *last = Some(Delivered::new(&built.output, &session.output()));
            written
        }
    };
    let files = if written == 1 { "1 file written".into() } else { format!("{written} files written") };
    Ok(if removed > 0 { format!("{files}, {removed} removed") } else { files })
}
