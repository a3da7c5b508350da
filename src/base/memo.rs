//! Remembered results of a step, by key and by the digest of exactly what went in.
//!
//! `get` answers from the table when the digest is the same as last time and runs the step when
//! it is not; nobody writes an invalidation rule, so none can be forgotten. A table forgets what
//! one whole build did not ask for ([`Table::sweep`]), and counts its runs, so that a test can
//! say "this edit ran layout for exactly these two pages".

use super::digest::Digest;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// The memo of one step. Safe to ask from several threads.
#[derive(Debug)]
pub struct Table<K, V> {
    shards: Vec<Mutex<HashMap<K, Entry<V>>>>,
    hasher: std::hash::RandomState,
    round: u32,
    runs: AtomicU32,
    ran: Mutex<Vec<K>>,
    /// Whether nothing is remembered: for a process that builds once and leaves no cache, digests
    /// and copies would be for nobody.
    forgetful: bool,
}

/// A remembered value, the digest of its inputs, and the build that last asked for it.
#[derive(Debug, Clone)]
struct Entry<V> {
    input: Digest,
    value: V,
    round: u32,
}

const SHARDS: usize = 16;

impl<K: Hash + Eq + Clone + Ord, V: Clone> Default for Table<K, V> {
    fn default() -> Self {
        Table {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: Default::default(),
            round: 0,
            runs: AtomicU32::new(0),
            ran: Mutex::default(),
            forgetful: false,
        }
    }
}

impl<K: Hash + Eq + Clone + Ord, V: Clone> Table<K, V> {
    /// A table that remembers nothing and runs every step.
    pub fn forgetful() -> Self {
        Table { forgetful: true, ..Table::default() }
    }

    /// The value for `key`: the remembered one if `input` is what it was made from, else a new
    /// one from `run`.
    pub fn get(&self, key: &K, input: impl FnOnce() -> Digest, run: impl FnOnce() -> V) -> V {
        if self.forgetful {
            self.runs.fetch_add(1, Ordering::Relaxed);
            return run();
        }
        let input = input();
        if let Some(entry) = self.shard(key).get_mut(key)
            && entry.input == input
        {
            entry.round = self.round;
            return entry.value.clone();
        }
        // The step runs outside the lock: other keys of this shard need not wait for it.
        let value = run();
        self.runs.fetch_add(1, Ordering::Relaxed);
        lock(&self.ran).push(key.clone());
        let entry = Entry { input, value: value.clone(), round: self.round };
        self.shard(key).insert(key.clone(), entry);
        value
    }

    /// As [`Table::get`], where a part of what went in is known only from what came out: `input` gives
    /// the digest of everything that `value` was made from.
    pub fn get_by(&self, key: &K, input: impl Fn(&V) -> Digest, run: impl FnOnce() -> V) -> V {
        let before = match self.forgetful {
            true => None,
            false => self.shard(key).get(key).map(|entry| input(&entry.value)),
        };
        let mut after = None;
        // Without an entry no digest fits, so the step runs.
        let value = self.get(
            key,
            || before.unwrap_or(Digest::of(b"")),
            || {
                let value = run();
                after = Some(input(&value));
                value
            },
        );
        if let Some((after, entry)) = after.zip(self.shard(key).get_mut(key)) {
            entry.input = after;
        }
        value
    }

    /// Begins a build: counts from nought.
    pub fn begin(&mut self) {
        self.round += 1;
        self.runs = AtomicU32::new(0);
        lock(&self.ran).clear();
    }

    /// Ends a build: forgets what it did not ask for.
    pub fn sweep(&mut self) {
        let round = self.round;
        for shard in &self.shards {
            lock(shard).retain(|_, entry| entry.round == round);
        }
    }

    /// Forgets the entries of the keys that `which` picks.
    pub fn forget(&mut self, which: impl Fn(&K) -> bool) {
        for shard in &self.shards {
            lock(shard).retain(|key, _| !which(key));
        }
    }

    /// Forgets the values that `which` picks: what came of a passing fault must not be remembered.
    pub fn forget_values(&mut self, which: impl Fn(&V) -> bool) {
        for shard in &self.shards {
            lock(shard).retain(|_, entry| !which(&entry.value));
        }
    }

    /// Changes what is remembered, in what its step would not have to run again for.
    pub fn change(&mut self, change: impl Fn(&mut V)) {
        for shard in &self.shards {
            lock(shard).values_mut().for_each(|entry| change(&mut entry.value));
        }
    }

    /// How often the step ran in this build.
    pub fn runs(&self) -> u32 {
        self.runs.load(Ordering::Relaxed)
    }

    /// For which keys the step ran in this build, in order.
    pub fn ran(&self) -> Vec<K> {
        let mut keys = lock(&self.ran).clone();
        keys.sort();
        keys
    }

    /// Everything remembered, in the order of the keys: what the cache on disk keeps.
    pub fn to_list(&self) -> Vec<(K, Digest, V)> {
        let mut list: Vec<_> = self
            .shards
            .iter()
            .flat_map(|shard| {
                let shard = lock(shard);
                let entries = shard.iter().map(|(k, e)| (k.clone(), e.input, e.value.clone()));
                entries.collect::<Vec<_>>()
            })
            .collect();
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list
    }

    /// A table that remembers what [`Table::to_list`] gave.
    pub fn from_list(list: Vec<(K, Digest, V)>) -> Self {
        let table = Table::default();
        for (key, input, value) in list {
            let entry = Entry { input, value, round: 0 };
            table.shard(&key).insert(key, entry);
        }
        table
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        use std::hash::BuildHasher;
        lock(&self.shards[self.hasher.hash_one(key) as usize % SHARDS])
    }
}

/// A poisoned lock only says that some step panicked; the table under it is whole, since nothing
/// runs while it is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_runs_again_only_when_its_input_changed() {
        let mut table = Table::<&str, u32>::default();
        table.begin();
        assert_eq!(table.get(&"a", || Digest::of(b"1"), || 1), 1);
        assert_eq!(table.get(&"a", || Digest::of(b"1"), || 2), 1);
        assert_eq!(table.runs(), 1);
        table.begin();
        assert_eq!(table.get(&"a", || Digest::of(b"2"), || 2), 2);
        assert_eq!(table.ran(), ["a"]);
    }

    #[test]
    fn what_went_in_may_be_known_from_what_came_out() {
        let mut table = Table::<&str, u32>::default();
        // An odd number was made from a part as well.
        let ask = |table: &Table<&str, u32>, part: &str, number: u32| {
            let input = |value: &u32| if value % 2 == 1 { Digest::of(part.as_bytes()) } else { Digest::of(b"-") };
            table.get_by(&"a", input, || number)
        };
        table.begin();
        assert_eq!(ask(&table, "x", 1), 1);
        assert_eq!(ask(&table, "x", 3), 1, "nothing changed");
        assert_eq!(ask(&table, "y", 2), 2, "the part changed");
        assert_eq!(ask(&table, "z", 4), 2, "an even number has no part");
        assert_eq!(table.runs(), 2);
    }

    #[test]
    fn what_a_build_did_not_ask_for_is_forgotten() {
        let mut table = Table::<&str, u32>::default();
        table.begin();
        table.get(&"a", || Digest::of(b"1"), || 1);
        table.begin();
        table.get(&"b", || Digest::of(b"1"), || 1);
        table.sweep();
        assert_eq!(table.to_list().iter().map(|e| e.0).collect::<Vec<_>>(), ["b"]);
    }
}
