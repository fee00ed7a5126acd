//! Internal notes: what members tell each other about a room. No customer ever gets one, and
//! none counts as an answer: a note is no message, so that nothing that sends can see it.

use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Member, room::Room};

/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 4096;

/// A note. Its id is made at its time ([`Id::made_at`]), so that the id alone leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which note.
    pub id: Id<Note>,
    /// In which room.
    pub room_id: Id<Room>,
    /// Who wrote it.
    pub author: Member,
    /// When.
    pub at: Time,
    /// The words.
    pub text: String,
    /// When it has had its time; nothing, if it is kept for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// Why a text is no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A note has 1 to {NOTE_LIMIT} characters, not all of them white space.")]
pub struct NotANote;

/// Somebody else's note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Only who wrote a note deletes it.")]
pub struct NotTheAuthor;

impl Note {
    /// The version of every note: it never changes.
    pub const WRITTEN: u64 = 1;

    /// The version of a note that was deleted.
    pub const DELETED: u64 = 2;

    /// Whether a text may be a note.
    pub fn check(text: &str) -> Result<(), NotANote> {
        let is_long = text.chars().nth(NOTE_LIMIT).is_some();
        if text.trim().is_empty() || is_long { Err(NotANote) } else { Ok(()) }
    }

    /// Whether this member may delete it.
    pub fn deletable(&self, by: &Member) -> Result<(), NotTheAuthor> {
        if self.author.id == by.id { Ok(()) } else { Err(NotTheAuthor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_words_and_not_too_many() {
        for text in ["x", &"é".repeat(NOTE_LIMIT)] {
            assert_eq!(Note::check(text), Ok(()));
        }
        for text in ["", " \n", &"x".repeat(NOTE_LIMIT + 1)] {
            assert_eq!(Note::check(text), Err(NotANote));
        }
    }
}
