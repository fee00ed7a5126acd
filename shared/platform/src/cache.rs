//! A small memory of a warm function: what hardly ever changes is not read for every event.
//!
//! Entries live shortly, so that a change is noticed without anyone telling the function, and
//! the map is bounded, so that strangers' keys cannot fill it.

use std::{collections::BTreeMap, sync::Mutex};

use jiff::{SignedDuration, Timestamp};

/// Values by key, each for a limited time.
#[derive(Debug)]
pub struct Cache<V> {
    life: SignedDuration,
    capacity: usize,
    entries: Mutex<BTreeMap<String, (Timestamp, V)>>,
}

impl<V: Clone> Cache<V> {
    /// An empty cache whose entries live this long.
    pub fn new(life: SignedDuration, capacity: usize) -> Self {
        Self { life, capacity, entries: Mutex::new(BTreeMap::new()) }
    }

    /// The value, if it was put within the entries' life.
    pub fn get(&self, key: &str, now: Timestamp) -> Option<V> {
        let entries = self.entries.lock().ok()?;
        let (put_at, value) = entries.get(key)?;
        (now.duration_since(*put_at) < self.life).then(|| value.clone())
    }

    /// Keeps a value. A full cache forgets everything: simpler than an eviction order, and
    /// rare, since it holds an organization's accounts and not its customers.
    pub fn put(&self, key: &str, value: V, now: Timestamp) {
        let Ok(mut entries) = self.entries.lock() else { return };
        if entries.len() >= self.capacity {
            entries.clear();
        }
        entries.insert(key.to_owned(), (now, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_expire_and_the_cache_stays_small() {
        let cache = Cache::new(SignedDuration::from_secs(60), 2);
        let at = |second| Timestamp::from_second(second).unwrap();
        cache.put("a", 1, at(0));
        assert_eq!(cache.get("a", at(59)), Some(1));
        assert_eq!(cache.get("a", at(60)), None);
        cache.put("b", 2, at(0));
        cache.put("c", 3, at(0));
        assert_eq!((cache.get("a", at(1)), cache.get("c", at(1))), (None, Some(3)));
    }
}
