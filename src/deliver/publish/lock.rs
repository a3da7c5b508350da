//! A lock that does not outlive its owner, in a place that knows neither processes nor clocks.
//!
//! The owner writes a beat into the lock's file again and again. Who finds the file watches it for a while: while
//! it beats, its owner lives. When it does not, the owner was killed, and the lock is taken over. No two clocks
//! are ever compared.

use super::{place::Store, remote::Trouble};
use crate::base::{digest::Digest, path::SitePath};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, SystemTime},
};

/// The name of the lock's file.
pub const NAME: &str = ".guidewright.lock";

/// How often the lock beats, and how long one watches a lock before its owner is taken for dead. The second
/// must be several of the first, for a request may be slow.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two beats.
    pub beat: Duration,
    /// Without a beat.
    pub patience: Duration,
}

/// The usual pace.
pub const SYSTEM: Pace = Pace { beat: Duration::from_secs(3), patience: Duration::from_secs(15) };

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Beat {
    /// Who holds it.
    owner: String,
    /// The machine that the owner runs on, as a digest: its name is nobody's business.
    machine: String,
    /// Its process there.
    process: u32,
    beat: u64,
}

impl Beat {
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What is known of a lock that was taken.
#[derive(Debug)]
pub struct Held {
    is_lost: AtomicBool,
    /// When it was last seen to be held. By the clock of the wall, which goes on while the machine sleeps.
    seen: Mutex<SystemTime>,
    patience: Duration,
    beats: AtomicU64,
}

impl Held {
    /// Whether nobody can have taken it over yet.
    pub fn is_sure(&self) -> bool {
        let since = lock(&self.seen).elapsed().unwrap_or(Duration::MAX);
        !self.is_lost.load(Ordering::Relaxed) && since <= self.patience / 2
    }

    /// Looks whose it is now, and beats where it is one's own. It is sure only where the beat arrived, which others
    /// wait for, and from the moment on before it was asked for: a machine may sleep until the answer is read.
    fn beat(&self, store: &dyn Store, own: &Beat) {
        let begun = SystemTime::now();
        match read(store) {
            Ok(Some((found, _))) if found.owner == own.owner => {
                // The beat has to pass the fence itself.
                let before = std::mem::replace(&mut *lock(&self.seen), begun);
                let beat = self.beats.fetch_add(1, Ordering::Relaxed) + 1;
                if store.write(NAME, &Beat { beat, ..own.clone() }.bytes()).is_err() {
                    *lock(&self.seen) = before;
                }
            }
            Ok(_) => self.is_lost.store(true, Ordering::Relaxed),
            // What cannot be asked cannot be written to either.
            Err(_) => {}
        }
    }
}

/// The lock, while it is held.
pub struct Lock {
    store: Arc<dyn Store>,
    own: Beat,
    held: Arc<Held>,
    stop: Option<mpsc::Sender<()>>,
    beating: Option<JoinHandle<()>>,
}

/// The machine, or the container: what has processes of its own. Two may bear one name.
fn machine() -> String {
    let boot = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    Digest::of_value(&(rustix::system::uname().nodename().to_bytes(), boot, space)).short()
}

/// Who this is: a number that no other publisher has.
fn owner() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Digest::of_value(&(machine(), std::process::id(), now.to_le_bytes(), count)).short()
}

/// Whether the owner was a process of this machine that has ended.
fn is_dead(beat: &Beat) -> bool {
    let proc = std::path::Path::new("/proc");
    beat.machine == machine() && proc.join("self").exists() && !proc.join(beat.process.to_string()).exists()
}

impl Lock {
    /// Takes the lock of a place.
    ///
    /// # Errors
    /// When its owner lives, or the place says no.
    pub fn take(store: &Arc<dyn Store>, pace: &Pace) -> Result<Lock, Trouble> {
        let own = Beat { owner: owner(), machine: machine(), process: std::process::id(), beat: 0 };
        for _ in 0..5 {
            let is_new = store.create(NAME, &own.bytes())?;
            let (mut seen, mut bytes) = match read(&**store)? {
                // Also where the answer to the first of two tries was lost, and the second found it there.
                Some((found, _)) if found.owner == own.owner => return Ok(Lock::hold(store, own, pace)),
                // Where two make it at the same instant, the place decides whose it is.
                _ if is_new => return Err(Trouble::busy(&store.name())),
                Some(others) => others,
                None => continue,
            };
            let (mut waited, mut is_there) = (Duration::ZERO, true);
            while is_there && !is_dead(&seen) && waited < pace.patience {
                thread::sleep(pace.beat / 2);
                waited += pace.beat / 2;
                match read(&**store)? {
                    None => is_there = false,
                    Some((_, now)) if now != bytes => return Err(Trouble::busy(&store.name())),
                    Some(now) => (seen, bytes) = now,
                }
            }
            // Somebody else may have waited for it too, and have it by now.
            match read(&**store)? {
                Some((_, now)) if is_there && now == bytes => store.remove(&[SitePath::from(NAME)])?,
                Some(_) if is_there => return Err(Trouble::busy(&store.name())),
                _ => {}
            }
        }
        Err(Trouble::busy(&store.name()))
    }

    fn hold(store: &Arc<dyn Store>, own: Beat, pace: &Pace) -> Lock {
        let (stop, stopped) = mpsc::channel();
        let seen = Mutex::new(SystemTime::now());
        let held =
            Arc::new(Held { is_lost: AtomicBool::new(false), seen, patience: pace.patience, beats: AtomicU64::new(0) });
        store.fence(&held);
        let (its_store, its_held, its_own, beat) = (store.clone(), held.clone(), own.clone(), pace.beat);
        let beating = thread::spawn(move || {
            while stopped.recv_timeout(beat) == Err(mpsc::RecvTimeoutError::Timeout) {
                // A beat that gets lost is made up by the next.
                its_held.beat(&*its_store, &its_own);
                if its_held.is_lost.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        Lock { store: store.clone(), own, held, stop: Some(stop), beating: Some(beating) }
    }

    /// Whether somebody else took it over. Who slept for so long that he may have been taken for dead looks first.
    pub fn is_lost(&self) -> bool {
        if !self.held.is_sure() && !self.held.is_lost.load(Ordering::Relaxed) {
            // On a thread of its own: this may be asked in the middle of an upload, where nothing may be waited for.
            thread::scope(|scope| {
                scope.spawn(|| self.held.beat(&*self.store, &self.own));
            });
        }
        self.held.is_lost.load(Ordering::Relaxed)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.beating.take().map(JoinHandle::join);
        if !self.is_lost() {
            // One that stays is taken over by the next publisher.
            let _ = self.store.remove(&[SitePath::from(NAME)]);
        }
    }
}

/// What a mutex guards is a moment, which is whole whoever panicked.
fn lock(seen: &Mutex<SystemTime>) -> MutexGuard<'_, SystemTime> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock as it is now. One that cannot be understood is somebody's all the same, whose owner does not beat.
fn read(store: &dyn Store) -> Result<Option<(Beat, Vec<u8>)>, Trouble> {
    let nobody = || Beat { owner: String::new(), machine: String::new(), process: 0, beat: 0 };
    Ok(store.get(NAME)?.map(|bytes| (serde_json::from_slice(&bytes).unwrap_or_else(|_| nobody()), bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::publish::{place::GoesOn, remote::Upload};
    use std::collections::BTreeMap;

    /// A place in memory.
    #[derive(Default)]
    struct Memory {
        files: Mutex<BTreeMap<String, Vec<u8>>>,
        /// Whether its answer to who makes a file gets lost, so that the file is there when it is asked again.
        loses_answers: bool,
    }

    impl Store for Memory {
        fn name(&self) -> String {
            "memory".into()
        }
        fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
            Ok(self.files.lock().unwrap().get(name).cloned())
        }
        fn create(&self, name: &str, bytes: &[u8]) -> Result<bool, Trouble> {
            let mut files = self.files.lock().unwrap();
            let is_new = !files.contains_key(name);
            files.entry(name.into()).or_insert_with(|| bytes.to_vec());
            Ok(is_new && !self.loses_answers)
        }
        fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
            self.files.lock().unwrap().insert(name.into(), bytes.to_vec());
            Ok(())
        }
        fn put(&self, _: &[Upload], _: GoesOn) -> Result<(), Trouble> {
            Ok(())
        }
        fn remove(&self, paths: &[SitePath]) -> Result<(), Trouble> {
            paths.iter().for_each(|path| drop(self.files.lock().unwrap().remove(&**path)));
            Ok(())
        }
    }

    const QUICK: Pace = Pace { beat: Duration::from_millis(20), patience: Duration::from_millis(200) };

    #[test]
    fn a_lock_that_beats_is_held_and_one_that_does_not_is_taken_over() {
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        let held = Lock::take(&store, &QUICK).unwrap();
        assert!(Lock::take(&store, &QUICK).is_err());
        drop(held);
        assert_eq!(store.get(NAME).unwrap(), None);

        let elsewhere = Beat { owner: "x".into(), machine: "another".into(), process: 1, beat: 3 };
        store.write(NAME, &elsewhere.bytes()).unwrap();
        assert!(!Lock::take(&store, &QUICK).unwrap().is_lost());
    }

    #[test]
    fn one_whose_answer_got_lost_is_ones_own() {
        let store: Arc<dyn Store> = Arc::new(Memory { loses_answers: true, ..Memory::default() });
        let began = std::time::Instant::now();
        let slow = Pace { beat: Duration::from_secs(30), patience: Duration::from_secs(60) };
        assert!(!Lock::take(&store, &slow).unwrap().is_lost());
        assert!(began.elapsed() < slow.beat / 2, "nobody waits for oneself");
    }

    #[test]
    fn who_was_taken_for_dead_notices() {
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        let held = Lock::take(&store, &QUICK).unwrap();
        let other = Beat { owner: "x".into(), machine: "another".into(), process: 1, beat: 0 };
        store.write(NAME, &other.bytes()).unwrap();
        thread::sleep(QUICK.beat * 10);
        assert!(held.is_lost());
        drop(held);
        assert!(store.get(NAME).unwrap().is_some(), "another's lock is not taken away");
    }
}
