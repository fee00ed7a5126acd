//! Tags: words by which an organization sorts its rooms.
//!
//! A tag is kept in lower case, without white space around it and with single spaces in it, so
//! that `VIP` and ` vip` are one tag.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Room;
use crate::Time;

/// The longest tag, in characters.
pub const TAG_LENGTH: usize = 50;

/// How many tags a room may bear: they lie on its row.
pub const TAGS: usize = 20;

/// A tag's name, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagName(String);

/// Why a text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A tag has 1 to {TAG_LENGTH} characters, and none of them is a control character.")]
pub struct NotATag;

impl TagName {
    /// Reads a name as people write it.
    pub fn new(text: &str) -> Result<Self, NotATag> {
        // What is far too long is not worth a pass over all of it.
        if text.len() > 16 * TAG_LENGTH || text.trim().chars().any(char::is_control) {
            return Err(NotATag);
        }
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let name = words.join(" ");
        let length = name.chars().count();
        if (1..=TAG_LENGTH).contains(&length) { Ok(Self(name)) } else { Err(NotATag) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The room bears as many tags as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A room bears {TAGS} tags at most. Take one away first.")]
pub struct TooManyTags;

/// A room is given a tag: `Some` new room, or `None` if it bears it.
pub fn tag(room: &Room, name: &TagName, now: Time) -> Result<Option<Room>, TooManyTags> {
    if room.tags.contains_key(name) {
        return Ok(None);
    }
    if room.tags.len() >= TAGS {
        return Err(TooManyTags);
    }
    let mut next = room.clone();
    next.tags.insert(name.clone(), now);
    Ok(Some(next))
}

/// A tag is taken from a room: `Some` new room, or `None` if it does not bear it.
pub fn untag(room: &Room, name: &TagName) -> Option<Room> {
    let mut next = room.clone();
    next.tags.remove(name).map(|_| next)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, room},
        *,
    };

    #[test]
    fn a_name_has_one_spelling() {
        let long = "é".repeat(50);
        for (text, name) in [
            ("vip", "vip"),
            (" VIP ", "vip"),
            ("Pesanan   Besar", "pesanan besar"),
            (long.as_str(), long.as_str()),
            ("#a/b", "#a/b"),
        ] {
            assert_eq!(TagName::new(text).unwrap().as_str(), name);
        }
        let (over, huge) = ("é".repeat(51), "x".repeat(100_000));
        for text in ["", "  ", "a\u{0}b", "a\nb", &over, &huge] {
            assert_eq!(TagName::new(text), Err(NotATag), "{text:.20}");
        }
    }

    #[test]
    fn a_room_bears_a_tag_once_and_twenty_at_most() {
        let name = |n: usize| TagName::new(&format!("tag {n}")).unwrap();
        let mut room = room();
        for n in 0..TAGS {
            room = tag(&room, &name(n), at(200)).unwrap().unwrap();
        }
        assert_eq!(tag(&room, &name(3), at(300)), Ok(None));
        assert_eq!(tag(&room, &name(20), at(300)), Err(TooManyTags));
        assert_eq!(untag(&room, &name(20)), None);
        let without = untag(&room, &name(3)).unwrap();
        assert_eq!(without.tags.len(), TAGS - 1);
        assert!(tag(&without, &name(20), at(300)).unwrap().is_some());
    }
}
