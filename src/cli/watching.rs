//! Building again whenever the site changes: what `serve` and `build --watch` share.

use super::{
    args::Format,
    session::{Session, exit},
};
use crate::{
    base::{finding::Severity, path::SitePath},
    build::{Build, Slow},
    report::{
        terminal,
        ticker::{Change, Ticker},
    },
    source::watch::{Batch, Waker, Watch},
};
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering, mpsc},
    thread,
    time::{Duration, Instant},
};

/// So long after a change everything is looked at, in case the system did not tell of all of it.
const SOON: Duration = Duration::from_secs(1);

/// And so often while nothing happens.
const LATER: Duration = Duration::from_secs(30);

/// A file that is being written is read again after so long,
const MOMENT: Duration = Duration::from_millis(50);

/// and so often, before what came of it is shown.
const PATIENT: u32 = 20;

/// So long after an editor's last change what takes long is made anew: nobody waits for it.
const SLOW: Duration = Duration::from_millis(150);

/// and so long after it became due at the latest, even if changes never end.
const LATEST: Duration = Duration::from_secs(5);

/// A build that takes longer says so, and then again each time.
const LONG: Duration = Duration::from_secs(1);

/// So long the last build may take once the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// A build, and what led to it.
#[derive(Debug)]
pub struct Round {
    /// What came of it.
    pub built: Build,
    /// The files that changed.
    pub changed: BTreeSet<SitePath>,
    /// How long it took, from the end of the wait.
    pub time: Duration,
    /// Whether it only made what takes long, which the round before had left.
    pub is_slow: bool,
}

/// What is to be done once a round is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Wait for the next change.
    Wait,
    /// Build again soon, even if nothing changes: it could not be delivered.
    Retry,
}

/// What others ask of the thread that builds.
#[derive(Debug, Clone)]
pub struct Requests {
    asked: Arc<Mutex<Asked>>,
    waker: Waker,
}

#[derive(Debug, Default)]
struct Asked {
    pages: BTreeSet<SitePath>,
    stop: bool,
}

impl Requests {
    /// Requests to whoever waits for that watcher.
    pub fn new(watch: &Watch) -> Requests {
        Requests { asked: Arc::default(), waker: watch.waker() }
    }

    /// Asks for a page that is known and was not made yet.
    pub fn page(&self, place: SitePath) {
        self.asked().pages.insert(place);
        self.waker.wake();
    }

    /// Asks to stop.
    pub fn stop(&self) {
        self.asked().stop = true;
        self.waker.wake();
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Asked> {
        // Nothing that could panic runs while it is held.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops when the user or the system says so: Ctrl-C, a closed terminal, the end of the session.
///
/// # Errors
/// When the system gives no thread or no signals.
pub fn stop_on_signal(requests: Requests) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(signal());
        requests.stop();
        // Whoever asks twice, or waits too long for a build, need not wait for its end: every file on
        // the disk is whole, and the next build completes what this one began.
        runtime.block_on(async {
            tokio::select! {
                () = signal() => {}
                () = tokio::time::sleep(PATIENCE) => {}
            }
        });
        std::process::exit(exit::GOOD.into());
    })?;
    Ok(())
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, hangup) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
        if let (Ok(mut terminate), Ok(mut hangup)) = (terminate, hangup) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            return;
        }
    }
    // Without a way to hear of Ctrl-C the program ends as any other would.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Builds once, guarded: a crash is said, and `None`.
pub fn build(session: &mut Session, wanted: &BTreeSet<SitePath>, slow: Slow) -> Option<Build> {
    let progress = session.progress();
    let quiet = session.common.quiet;
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        scope.spawn(move || {
            while waiting.recv_timeout(LONG) == Err(mpsc::RecvTimeoutError::Timeout) {
                if !quiet {
                    terminal::say(&format!("building … {} pages made so far", progress.load(Ordering::Relaxed)));
                }
            }
        });
        let built = catch_unwind(AssertUnwindSafe(|| session.rebuild(wanted, slow)));
        drop(done);
        if built.is_err() {
            session.forget();
            session.say(
                "guidewright itself failed on this change; what was shown before stays.\n\
                 help: this is a fault of the program and not of the site. Please report it with the change.",
            );
        }
        built.ok()
    })
}

/// Builds after each change and shows what came of it, until it is asked to stop. Where nothing happens for a while,
/// there is no round to show, but time for what was put off.
pub fn run(
    session: &mut Session,
    mut watch: Watch,
    requests: &Requests,
    show: &mut dyn FnMut(&mut Session, Option<Round>) -> After,
) {
    let mut watched = None;
    let mut batch = Batch::default();
    let (mut retry, mut moving) = (false, 0);
    // Since when what takes long is due.
    let mut due: Option<Instant> = None;
    let mut changed = BTreeSet::new();
    loop {
        let started = Instant::now();
        let found = match batch.everything {
            true => session.walk.look_everywhere(),
            false => session.walk.look(&batch.folders),
        };
        if batch.idle && !retry && !found.is_empty() && !watch.is_polling() && !watch.is_telling() {
            watch.poll();
            session.say(
                "this disk does not tell of every change, so the site is looked at twice a second from now on\n\
                 help: --poll does so from the start",
            );
        }
        changed.extend(found);
        follow(session, &mut watch, &mut watched, batch.idle, &mut changed);
        let (wanted, stop) = {
            let mut asked = requests.asked();
            (std::mem::take(&mut asked.pages), asked.stop)
        };
        if stop {
            // What was left is not left for good: the output folder may be published next.
            if let Some(built) = due.and_then(|_| build(session, &wanted, Slow::Now)) {
                show(session, Some(Round { built, changed, time: started.elapsed(), is_slow: true }));
            }
            return;
        }
        let rested = batch.idle && changed.is_empty();
        let is_asked = retry || !changed.is_empty() || !wanted.is_empty();
        let is_slow = due.is_some() && !is_asked;
        let is_late = due.is_some_and(|due| due.elapsed() > LATEST);
        let mut idle = if rested && !is_slow { LATER } else { SOON };
        let slow = if is_slow || is_late { Slow::Now } else { Slow::Later };
        // One that crashes is not tried again and again.
        let since = due.take();
        if (is_asked || is_slow)
            && let Some(built) = build(session, &wanted, slow)
        {
            due = (!built.is_whole).then(|| since.unwrap_or_else(Instant::now));
            if built.is_passing && moving < PATIENT {
                // A file changed while it was read: what came of that is nothing to show.
                moving += 1;
                (retry, idle) = (true, MOMENT);
            } else {
                moving = 0;
                let round = Round { built, changed: std::mem::take(&mut changed), time: started.elapsed(), is_slow };
                retry = show(session, Some(round)) == After::Retry;
                idle = match (retry, due.is_some()) {
                    (true, _) => SOON,
                    (false, true) => SLOW,
                    (false, false) => idle,
                };
            }
        }
        if rested && !is_asked && !is_slow {
            show(session, None);
        }
        batch = watch.wait(idle);
    }
}

/// Has every folder of the site watched, and looks into those that were not.
fn follow(
    session: &mut Session,
    watch: &mut Watch,
    watched: &mut Option<u64>,
    idle: bool,
    changed: &mut BTreeSet<SitePath>,
) {
    while *watched != Some(session.walk.revision()) || watch.is_unsure(idle) {
        *watched = Some(session.walk.revision());
        let (new, why) = watch.follow(session.walk.watched());
        if let Some(why) = why {
            session.say(&why);
        }
        if new.is_empty() {
            return;
        }
        changed.extend(session.walk.look(&new));
    }
}

/// What there is to say of a round.
#[derive(Debug)]
pub struct News {
    changed: Vec<String>,
    change: Change,
    pages: u32,
    state: String,
    is_slow: bool,
}

impl News {
    /// What is new in a build.
    pub fn of(session: &Session, ticker: &mut Ticker, round: &mut Round) -> News {
        let Round { built, changed, is_slow, .. } = round;
        let files = &session.walk.tree.files;
        let name = |path: SitePath| match files.contains_key(&path) {
            true => path.to_string(),
            false => format!("{path} (gone)"),
        };
        News {
            changed: std::mem::take(changed).into_iter().map(name).collect(),
            change: ticker.next(&built.findings, |file| files.contains_key(file)),
            pages: built.stats.laid_out,
            state: terminal::summary(built.findings.counts()),
            is_slow: *is_slow,
        }
    }

    /// Says it: one line, the findings that are new, and those that went. `done` is what else was done.
    pub fn tell(&self, session: &Session, time: Duration, done: &str) {
        // Nobody asked to hear of the search or of long lists, or of a page that was made because a reader came.
        let is_quiet = self.is_slow || done.is_empty();
        if self.changed.is_empty() && self.change == Change::default() && is_quiet {
            return;
        }
        let first = self.changed.first().map_or("again", String::as_str);
        let others = match self.changed.len() {
            0 | 1 => String::new(),
            2 => " and another file".into(),
            count => format!(" and {} other files", count - 1),
        };
        let pages = if self.pages == 1 { "1 page".into() } else { format!("{} pages", self.pages) };
        let done = if done.is_empty() { String::new() } else { format!(", {done}") };
        session.say(&format!("{first}{others}: {pages} made in {} ms{done}; {}", time.as_millis(), self.state));
        // A terminal that is gone hears nothing; readers still see. A SARIF document is one of a whole site.
        if !self.change.new.is_empty() && session.common.format != Format::Sarif {
            let _ = session.print(&self.change.new.clone().into(), false);
        }
        let mended: Vec<_> = self.change.mended.iter().filter(|finding| finding.severity > Severity::Note).collect();
        for finding in mended.iter().take(terminal::CAP) {
            session.say(&format!("mended: {}: {}", finding.file, finding.message));
        }
        if mended.len() > terminal::CAP {
            session.say(&format!("mended: … and {} more", mended.len() - terminal::CAP));
        }
    }
}
