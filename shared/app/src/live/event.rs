//! What clients are told.

use domain::{
    Id, Time,
    integration::Member,
    live::Presence,
    message::{Annotations, Shown},
    note::Note,
    room::Room,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::{AnnotationsView, MemberPresenceView, MessageView, NoteView, RoomView};

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub enum EventKind {
    /// A room is new or has changed; `data` is the room.
    #[serde(rename = "room.changed")]
    RoomChanged,
    /// A room is no longer yours to see, or was erased: forget it and all that is in it. There is
    /// no `data`.
    #[serde(rename = "room.gone")]
    RoomGone,
    /// A message is new or has changed; `data` is the message.
    #[serde(rename = "message.changed")]
    MessageChanged,
    /// Somebody reacted to a message, edited or deleted it; `data` is all that was said about the
    /// message, which may not be here.
    #[serde(rename = "annotations.changed")]
    AnnotationsChanged,
    /// A note is new; `data` is the note.
    #[serde(rename = "note.changed")]
    NoteChanged,
    /// A note was deleted: forget it. There is no `data`.
    #[serde(rename = "note.gone")]
    NoteGone,
    /// A member has come or gone; `data` is the member. Through sockets only.
    #[serde(rename = "presence.changed")]
    PresenceChanged,
}

/// Something that has happened. Applying it twice, or after a later one, changes nothing: of each
/// thing, keep the highest `version` that you have seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    /// What it is about, and which version of it: the same at every repetition.
    pub id: String,
    /// What it tells.
    pub r#type: EventKind,
    /// When it was told.
    pub at: String,
    /// The id of what it is about: a room, a message, a note, a member.
    pub subject_id: String,
    /// The room that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub room_id: Option<Id<Room>>,
    /// The version of what it is about.
    pub version: u64,
    /// The whole thing, as the API shows it. What depends on the moment (`session` of a room) is
    /// as it was `at` that time; compute it anew from `session_expires_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<LiveData>,
}

/// What an event is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LiveData {
    /// A room.
    Room(Box<RoomView>),
    /// A message.
    Message(Box<MessageView>),
    /// What was said about a message.
    Annotations(Box<AnnotationsView>),
    /// A note.
    Note(Box<NoteView>),
    /// A member.
    Presence(Box<MemberPresenceView>),
}

impl LiveEvent {
    fn new(r#type: EventKind, now: Time, subject: impl ToString, version: u64) -> Self {
        let subject_id = subject.to_string();
        Self {
            id: format!("{subject_id}:{version}"),
            r#type,
            at: now.to_string(),
            subject_id,
            room_id: None,
            version,
            data: None,
        }
    }

    fn in_room(self, room: Id<Room>, data: Option<LiveData>) -> Self {
        Self { room_id: Some(room), data, ..self }
    }

    pub(crate) fn room(room: &Room, now: Time) -> Self {
        let data = LiveData::Room(Box::new(RoomView::new(room, now)));
        Self::new(EventKind::RoomChanged, now, room.id, room.version).in_room(room.id, Some(data))
    }

    pub(crate) fn room_gone(room: Id<Room>, version: u64, now: Time) -> Self {
        Self::new(EventKind::RoomGone, now, room, version).in_room(room, None)
    }

    pub(crate) fn message(shown: &Shown, now: Time) -> Self {
        let message = &shown.message;
        let data = LiveData::Message(Box::new(MessageView::of(shown)));
        let event = Self::new(EventKind::MessageChanged, now, message.id, message.version);
        let said = shown.annotations.as_ref().map_or(0, |said| said.version);
        Self { id: format!("{}.{said}", event.id), ..event }.in_room(message.room_id, Some(data))
    }

    pub(crate) fn annotations(
        room: Id<Room>,
        id: Id<Annotations>,
        said: &Annotations,
        now: Time,
    ) -> Self {
        let data = LiveData::Annotations(Box::new(AnnotationsView::new(said)));
        Self::new(EventKind::AnnotationsChanged, now, id, said.version).in_room(room, Some(data))
    }

    pub(crate) fn note(note: &Note, now: Time) -> Self {
        let data = LiveData::Note(Box::new(NoteView::new(note)));
        Self::new(EventKind::NoteChanged, now, note.id, Note::WRITTEN)
            .in_room(note.room_id, Some(data))
    }

    pub(crate) fn note_gone(room: Id<Room>, note: Id<Note>, now: Time) -> Self {
        Self::new(EventKind::NoteGone, now, note, Note::DELETED).in_room(room, None)
    }

    /// That a member is there now, or is not.
    #[cfg_attr(not(feature = "push"), expect(dead_code, reason = "only whoever pushes tells it"))]
    pub(crate) fn presence(member: &Member, present: Option<&Presence>, now: Time) -> Self {
        let version = u64::try_from(now.millis()).unwrap_or(0);
        let data = LiveData::Presence(Box::new(MemberPresenceView::new(member, present)));
        let event = Self::new(EventKind::PresenceChanged, now, member.id, version);
        Self { data: Some(data), ..event }
    }
}
