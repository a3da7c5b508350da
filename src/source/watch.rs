//! Which folders of a site may have changed: the one file that names notify.
//!
//! What the system tells is a hint and no more. Folders are watched and not files, for an editor that
//! saves by renaming leaves a watched file behind for good; a hint names a folder, and the walk looks
//! for itself what is different there. Hints can be lost: the system's queue may overflow, and a folder
//! may be moved while its watch is being set. So whoever waits is told to look at everything when the
//! system says that it lost count, and again once nothing has happened for a while.

use super::walk::Identity;
use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

/// After so long without a further event a change counts as finished.
const QUIET: Duration = Duration::from_millis(20);

/// A disk that never rests must not keep readers waiting for ever.
const LONGEST: Duration = Duration::from_millis(400);

/// How late the system may tell of a change before it counts as not telling.
const LATE: Duration = Duration::from_millis(500);

/// How often a disk is looked at that does not tell of changes.
pub const POLL: Duration = Duration::from_millis(500);

/// What there is to look at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// These folders.
    pub folders: BTreeSet<PathBuf>,
    /// Everything: hints were lost, nothing has happened for a while, or the disk tells of nothing.
    pub everything: bool,
    /// Whether that is for want of anything better to do.
    pub idle: bool,
}

/// What reaches the watcher.
#[derive(Debug)]
enum Word {
    /// Something in this folder, or the folder itself.
    Folder(PathBuf),
    /// This folder went, or went elsewhere: the system's watch of it is lost.
    Gone(PathBuf),
    /// The system lost count.
    Lost,
    /// Somebody else wants the thread that waits.
    Wake,
}

/// Wakes whoever waits for a watcher.
#[derive(Debug, Clone)]
pub struct Waker(Sender<Word>);

impl Waker {
    /// Does it.
    pub fn wake(&self) {
        // When nobody waits any more there is nobody to wake.
        let _ = self.0.send(Word::Wake);
    }
}

/// Waits for changes.
#[derive(Debug)]
pub struct Watch {
    /// What the system watches with; `None` where the disk is looked at again and again.
    system: Option<RecommendedWatcher>,
    words: Receiver<Word>,
    sender: Sender<Word>,
    watched: BTreeMap<PathBuf, Option<Identity>>,
    /// Folders whose watch is so new that a rename at the same moment may have undone it.
    young: BTreeSet<PathBuf>,
    /// Whether a watch was lost since [`Watch::follow`].
    lost: bool,
    batch: Batch,
}

impl Watch {
    /// A watcher; with `poll` the system is not asked at all. The sentence says why it is not asked
    /// although it should have been.
    pub fn new(poll: bool) -> (Watch, Option<String>) {
        let (sender, words) = channel();
        let (system, why) = match poll {
            true => (None, None),
            false => match notify::recommended_watcher(handler(sender.clone())) {
                Ok(system) => (Some(system), None),
                Err(error) => (None, Some(advice(&error))),
            },
        };
        let (watched, young, batch) = Default::default();
        (Watch { system, words, sender, watched, young, lost: false, batch }, why)
    }

    /// What wakes [`Watch::wait`].
    pub fn waker(&self) -> Waker {
        Waker(self.sender.clone())
    }

    /// Whether the disk is looked at again and again.
    pub fn is_polling(&self) -> bool {
        self.system.is_none()
    }

    /// Gives up asking the system.
    pub fn poll(&mut self) {
        self.system = None;
    }

    /// Whether [`Watch::follow`] should be asked again although the folders are the same; `idle` says
    /// that there is time.
    pub fn is_unsure(&self, idle: bool) -> bool {
        self.lost || idle && !self.young.is_empty()
    }

    /// Watches these folders and no others. Gives those that were not watched before: what happened in
    /// them until now nobody has told of. The sentence says why the system cannot be asked any more.
    pub fn follow(&mut self, folders: BTreeMap<PathBuf, Option<Identity>>) -> (BTreeSet<PathBuf>, Option<String>) {
        let Some(system) = &mut self.system else { return Default::default() };
        let mut paths = system.paths_mut();
        // First what is gone: a folder that was renamed keeps its watch under the old name, and to end
        // that one is to end the new one too.
        for (path, _) in self.watched.iter().filter(|(path, identity)| folders.get(*path) != Some(*identity)) {
            let _ = paths.remove(path);
        }
        let new: BTreeSet<PathBuf> = folders
            .iter()
            .filter(|(path, id)| self.watched.get(*path) != Some(*id))
            .map(|(path, _)| path.clone())
            .collect();
        let mut failed = None;
        for path in new.iter().chain(&self.young) {
            match paths.add(path, RecursiveMode::NonRecursive) {
                Err(error) if !is_gone(&error) => {
                    failed = Some(error);
                    break;
                }
                // The folder above tells that it is gone.
                _ => {}
            }
        }
        let failed = failed.or(paths.commit().err().filter(|error| !is_gone(error)));
        self.watched = folders;
        self.lost = false;
        self.young.clone_from(&new);
        let why = failed.map(|error| {
            self.system = None;
            advice(&error)
        });
        (new, why)
    }

    /// Waits until something has changed and come to rest, until somebody wakes it, or for `idle`.
    pub fn wait(&mut self, idle: Duration) -> Batch {
        let idle = if self.is_polling() { idle.min(POLL) } else { idle };
        let started = Instant::now();
        // What is known already need not be waited for.
        let is_known = !self.batch.folders.is_empty() || self.batch.everything;
        let mut first: Option<Instant> = is_known.then(Instant::now);
        loop {
            let left = match first {
                None => idle.saturating_sub(started.elapsed()),
                Some(first) => QUIET.min(LONGEST.saturating_sub(first.elapsed())),
            };
            match self.words.recv_timeout(left) {
                Ok(Word::Wake) => break,
                Ok(word) => {
                    if self.take(word) {
                        first.get_or_insert_with(Instant::now);
                    }
                }
                // `Disconnected` cannot be: the watcher holds a sender itself.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    if first.is_none() {
                        self.batch.everything = true;
                        self.batch.idle = true;
                    }
                    break;
                }
            }
        }
        std::mem::take(&mut self.batch)
    }

    /// Whether the system has something to tell after all: what a look in idle time found may have
    /// happened during that look. On a busy machine its word may be late.
    pub fn is_telling(&mut self) -> bool {
        let until = Instant::now() + LATE;
        while let Ok(word) = self.words.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if self.take(word) {
                return true;
            }
        }
        false
    }

    /// Takes a hint in; whether it is one.
    fn take(&mut self, word: Word) -> bool {
        match word {
            Word::Folder(path) => {
                if self.watched.contains_key(&path) {
                    self.batch.folders.insert(path.clone());
                }
                self.batch.folders.extend(path.parent().map(PathBuf::from));
            }
            Word::Gone(path) => {
                let before = self.watched.len();
                self.watched.retain(|watched, _| !watched.starts_with(&path));
                self.lost |= self.watched.len() < before;
                self.batch.folders.extend(path.parent().map(PathBuf::from));
            }
            Word::Lost => self.batch.everything = true,
            Word::Wake => return false,
        }
        true
    }
}

/// Turns what the system says into words.
fn handler(sender: Sender<Word>) -> impl FnMut(notify::Result<Event>) + Send + 'static {
    let send = move |word| {
        // When the watcher is gone nobody listens.
        let _ = sender.send(word);
    };
    move |event| match event {
        Ok(event) if event.need_rescan() => send(Word::Lost),
        // That somebody looks at a file is no news; we do so ourselves all the time.
        Ok(Event { kind: EventKind::Access(kind), .. }) if kind != AccessKind::Close(AccessMode::Write) => {}
        Ok(event) => {
            let is_gone = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
            for path in event.paths {
                send(if is_gone { Word::Gone(path) } else { Word::Folder(path) });
            }
        }
        Err(_) => send(Word::Lost),
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound | notify::ErrorKind::WatchNotFound => true,
        notify::ErrorKind::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
        }
        _ => false,
    }
}

/// Why the system does not tell of changes, and what to do about it.
fn advice(error: &notify::Error) -> String {
    let is_limit = match &error.kind {
        notify::ErrorKind::MaxFilesWatch => true,
        // EMFILE and ENFILE: so many watchers there may be.
        notify::ErrorKind::Io(error) => matches!(error.raw_os_error(), Some(24 | 23)),
        _ => false,
    };
    match is_limit && Path::new("/proc/sys/fs/inotify").exists() {
        true => "this system watches no more folders, so the site is looked at twice a second instead\n\
                 help: raise its limits: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024"
            .into(),
        false => format!("this system does not tell of changes ({error}), so the site is looked at twice a second instead"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watcher of one folder.
    fn watch(folder: &Path) -> Watch {
        let (mut watch, why) = Watch::new(false);
        assert_eq!(why, None);
        let (new, why) = watch.follow(BTreeMap::from([(folder.to_path_buf(), None)]));
        assert_eq!((new.len(), why), (1, None));
        watch
    }

    #[test]
    fn a_hundred_saves_are_one_batch() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = watch(folder.path());
        for n in 0..100 {
            std::fs::write(folder.path().join(format!("{n}.md")), "x").unwrap();
        }
        let batch = watch.wait(Duration::from_secs(5));
        assert_eq!(batch.folders, BTreeSet::from([folder.path().to_path_buf()]));
        assert!(!batch.everything);
        assert!(watch.wait(Duration::from_millis(60)).idle, "nothing is left");
    }

    #[test]
    fn reading_is_no_change() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "x").unwrap();
        let mut watch = watch(folder.path());
        std::fs::read(folder.path().join("a.md")).unwrap();
        assert!(watch.wait(Duration::from_millis(60)).idle);
    }

    #[test]
    fn who_waits_can_be_woken() {
        let (mut watch, _) = Watch::new(true);
        let waker = watch.waker();
        let started = Instant::now();
        std::thread::spawn(move || waker.wake());
        assert_eq!(watch.wait(Duration::from_secs(60)), Batch::default());
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn that_the_system_lost_count_means_to_look_at_everything() {
        let (mut watch, _) = Watch::new(true);
        handler(watch.sender.clone())(Ok(Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan)));
        let batch = watch.wait(Duration::from_secs(60));
        assert!(batch.everything && !batch.idle);
    }

    #[test]
    fn a_folder_that_cannot_be_watched_for_want_of_watches_is_said_with_what_to_do() {
        let words = advice(&notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        assert!(words.contains("looked at twice a second"), "{words}");
        assert_eq!(words.contains("max_user_watches"), cfg!(target_os = "linux"), "{words}");
    }
}
