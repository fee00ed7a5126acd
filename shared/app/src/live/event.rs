//! What clients are told, and who is told it.

use domain::{
    Id, Time,
    api_key::Role,
    integration::Member,
    live::Presence,
    message::Message,
    room::{Audience, Room, audience},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::views::{MemberPresenceView, MessageView, RoomView};

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum EventKind {
    /// A room is new or has changed; `data` is the room.
    #[serde(rename = "room.changed")]
    RoomChanged,
    /// A room is no longer yours to see: forget it and its messages. There is no `data`.
    #[serde(rename = "room.gone")]
    RoomGone,
    /// A message is new or has changed; `data` is the message.
    #[serde(rename = "message.changed")]
    MessageChanged,
    /// A member has come or gone; `data` is the member. Through sockets only.
    #[serde(rename = "presence.changed")]
    PresenceChanged,
}

/// Something that has happened. Applying it twice, or after a later one, changes nothing: keep
/// the highest `version` that you have seen of each room, message and member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveEvent {
    /// What it is about, and which version of it: the same at every repetition.
    pub id: String,
    /// What it tells.
    pub r#type: EventKind,
    /// When it was told.
    pub at: String,
    /// The room that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub room_id: Option<Id<Room>>,
    /// The version of what it is about.
    pub version: u64,
    /// The whole thing, as the API shows it. What depends on the moment (`session` of a room) is
    /// as it was `at` that time; compute it anew from `session_expires_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LiveData>)]
    pub data: Option<Value>,
}

/// What an event is about.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes `data` in the document; the journal holds it as it was")]
pub(crate) enum LiveData {
    Room(RoomView),
    Message(MessageView),
    Presence(MemberPresenceView),
}

/// An event and what decides who is told it, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) event: LiveEvent,
    /// Of a room: whom it is shown to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<Audience>,
    /// Of a room: whom it was shown to before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<Audience>,
}

impl Entry {
    pub(crate) fn room(room: &Room, before: Option<&Room>, now: Time) -> Self {
        let event = LiveEvent {
            id: format!("{}:{}", room.id, room.version),
            r#type: EventKind::RoomChanged,
            at: now.to_string(),
            room_id: Some(room.id),
            version: room.version,
            data: serde_json::to_value(RoomView::new(room, now)).ok(),
        };
        let before = before.map(audience).into_iter().collect();
        Self { event, audience: Some(audience(room)), before }
    }

    pub(crate) fn message(message: &Message, now: Time) -> Self {
        let event = LiveEvent {
            id: format!("{}:{}", message.id, message.version),
            r#type: EventKind::MessageChanged,
            at: now.to_string(),
            room_id: Some(message.room_id),
            version: message.version,
            data: serde_json::to_value(MessageView::new(message)).ok(),
        };
        Self { event, audience: None, before: Vec::new() }
    }

    /// What a member is told of it, when its room is shown to this audience; nothing if they may
    /// neither see the room nor have seen it before.
    pub(crate) fn told(
        &self,
        role: Role,
        member: Id<Member>,
        audience: Audience,
    ) -> Option<LiveEvent> {
        if audience.includes(role, member) {
            return Some(self.event.clone());
        }
        let has_seen = self.before.iter().any(|before| before.includes(role, member));
        has_seen.then(|| LiveEvent {
            r#type: EventKind::RoomGone,
            data: None,
            ..self.event.clone()
        })
    }
}

/// That a member is there now, or is not.
#[cfg_attr(not(feature = "push"), expect(dead_code, reason = "only whoever pushes tells it"))]
pub(crate) fn presence(member: &Member, present: Option<&Presence>, now: Time) -> LiveEvent {
    let version = u64::try_from(now.millis()).unwrap_or(0);
    LiveEvent {
        id: format!("{}:{version}", member.id),
        r#type: EventKind::PresenceChanged,
        at: now.to_string(),
        room_id: None,
        version,
        data: serde_json::to_value(MemberPresenceView::new(member, present)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(before: &[Audience]) -> Entry {
        let event = LiveEvent {
            id: "r:2".into(),
            r#type: EventKind::RoomChanged,
            at: String::new(),
            room_id: None,
            version: 2,
            data: Some(Value::Null),
        };
        Entry { event, audience: None, before: before.to_vec() }
    }

    #[test]
    fn whoever_loses_a_room_is_told_so_and_nobody_else_hears_of_it() {
        let (ani, tono): (Id<Member>, Id<Member>) = (Id::derived(&["ani"]), Id::derived(&["tono"]));
        let of_tono = Audience::Only(tono);
        let told = |before: &[Audience], role, now| {
            entry(before).told(role, ani, now).map(|event| event.r#type)
        };
        let (changed, gone) = (Some(EventKind::RoomChanged), Some(EventKind::RoomGone));
        for (before, role, now, tells) in [
            (&[Audience::Everyone][..], Role::Agent, Audience::Everyone, changed),
            (&[Audience::Everyone], Role::Agent, of_tono, gone),
            (&[Audience::Only(ani)], Role::Agent, of_tono, gone),
            (&[of_tono, Audience::Only(ani)], Role::Agent, of_tono, gone),
            (&[of_tono], Role::Agent, of_tono, None),
            (&[], Role::Agent, of_tono, None),
            (&[of_tono], Role::Agent, Audience::Only(ani), changed),
            (&[of_tono], Role::Supervisor, of_tono, changed),
        ] {
            assert_eq!(told(before, role, now), tells, "{before:?} {role:?} {now:?}");
        }
        let event = entry(&[Audience::Everyone]).told(Role::Agent, ani, of_tono).unwrap();
        assert_eq!(event.data, None, "what it became is not for those who lost it");
    }
}
