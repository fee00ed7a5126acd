//! The address of what clients are shown, in the partition of its room.

use domain::{
    Id, Time,
    integration::Organization,
    message::{Annotations, Position},
    note::Note,
    room::Room,
};
use serde::{Deserialize, Serialize};

use super::{
    ANNOTATIONS, Key, MESSAGES, NOTES, ROOM, annotated, note_position, position, room_partition,
};

/// The address of something that clients are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The room that it is in.
    pub room: Id<Room>,
    /// What of it.
    pub what: What,
}

/// What in a room's partition clients are shown. The room itself sorts before all that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum What {
    /// The room itself.
    Room,
    /// A message.
    Message(Position),
    /// What was said about a message.
    Annotations(Id<Annotations>),
    /// A note.
    Note(Time, Id<Note>),
}

impl Address {
    pub(crate) fn key(self, org: Id<Organization>) -> Key {
        Key::new(room_partition(org, self.room), self.what.sk())
    }

    /// Reads back whose row this is, and which; `None` of what clients are not shown.
    pub(crate) fn parse(pk: &str, sk: &str) -> Option<(Id<Organization>, Self)> {
        let (org, id) = pk.strip_prefix("o#")?.split_once("#room#")?;
        let address = Self { room: id.parse().ok()?, what: What::parse(sk)? };
        Some((org.parse().ok()?, address))
    }
}

impl What {
    fn sk(self) -> String {
        match self {
            Self::Room => ROOM.to_owned(),
            Self::Message(Position { at, id }) => format!("{MESSAGES}{:013}#{id}", at.millis()),
            Self::Annotations(target) => format!("{ANNOTATIONS}{target}"),
            Self::Note(at, id) => format!("{NOTES}{:013}#{id}", at.millis()),
        }
    }

    fn parse(sk: &str) -> Option<Self> {
        if sk == ROOM {
            return Some(Self::Room);
        }
        let said = || annotated(sk).map(Self::Annotations);
        let noted = || note_position(sk).map(|(at, id)| Self::Note(at, id));
        position(sk).map(Self::Message).or_else(said).or_else(noted)
    }
}

impl From<What> for String {
    /// The sort key.
    fn from(what: What) -> Self {
        what.sk()
    }
}

/// The text is the sort key of nothing that clients are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is nothing that clients are shown")]
pub struct NotShown;

impl TryFrom<String> for What {
    type Error = NotShown;

    fn try_from(sk: String) -> Result<Self, NotShown> {
        Self::parse(&sk).ok_or(NotShown)
    }
}
