//! Typed ids: `Id<Room>` in code, a plain UUID outside.
//!
//! Two ways to make one, and no third. [`Id::at`] is a UUIDv7 from a time and random bytes that
//! the caller hands in, for what a person causes. [`Id::derived`] is a hash of what it stands
//! for, for what a provider's delivery causes: the second delivery finds the same id, and two
//! racing first messages make one room.

use std::{fmt, marker::PhantomData, str::FromStr};

use crate::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Identifies one `T`; prints and parses as a lower-case hyphenated UUID.
pub struct Id<T> {
    uuid: Uuid,
    noun: PhantomData<fn() -> T>,
}

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an id")]
pub struct NotAnId;

impl<T> Id<T> {
    /// A UUIDv7: sorts by time, unique by ten random bytes.
    pub fn at(now: Time, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The id that these parts always give: SHA-256 over length-prefixed parts, as a UUIDv8.
    pub fn derived(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// When an id of [`Id::at`] was made; `None` of a derived one.
    pub fn made_at(self) -> Option<Time> {
        let time = self.uuid.get_timestamp().filter(|_| self.uuid.get_version_num() == 7)?;
        let (seconds, nanos) = time.to_unix();
        let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
        Some(Time::from_millis(millis.checked_add(i64::from(nanos / 1_000_000))?))
    }

    /// The same id of another noun: for what shares a list with it.
    pub fn cast<U>(self) -> Id<U> {
        Id::from_uuid(self.uuid)
    }

    fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, noun: PhantomData }
    }
}

impl<T> FromStr for Id<T> {
    type Err = NotAnId;

    /// Only the canonical form parses, so that one thing never has two spellings of its key.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
        let id = Self::from_uuid(uuid);
        if id.to_string() == text { Ok(id) } else { Err(NotAnId) }
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.hyphenated().fmt(f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Derives would ask the same traits of `T`, which is only a name here.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Noun;

    #[test]
    fn derived_ids_repeat_and_do_not_run_into_each_other() {
        assert_eq!(Id::<Noun>::derived(&["a", "b"]), Id::derived(&["a", "b"]));
        assert_ne!(Id::<Noun>::derived(&["ab", ""]), Id::derived(&["a", "b"]));
    }

    #[test]
    fn only_the_canonical_spelling_parses() {
        let id = Id::<Noun>::derived(&["x"]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<Id<Noun>>(), Err(NotAnId));
        assert_eq!(id.to_string().replace('-', "").parse::<Id<Noun>>(), Err(NotAnId));
        assert_eq!("".parse::<Id<Noun>>(), Err(NotAnId));
    }

    #[test]
    fn ids_made_later_sort_later() {
        let early = Id::<Noun>::at(Time::from_millis(1), [255; 10]);
        let late = Id::<Noun>::at(Time::from_millis(2), [0; 10]);
        assert!(early < late);
    }

    #[test]
    fn an_id_knows_when_it_was_made() {
        for millis in [0, 1, 999, 1_795_000_000_005] {
            let time = Time::from_millis(millis);
            assert_eq!(Id::<Noun>::at(time, [7; 10]).made_at(), Some(time));
        }
        assert_eq!(Id::<Noun>::derived(&["x"]).made_at(), None);
    }
}
