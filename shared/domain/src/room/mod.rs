//! A room: the conversation of one contact with one integration, for as long as both exist.
//!
//! What a room *is* (this file), and what may happen to it: [`receive`] a customer's message,
//! [`takeover`], [`hand_over`], [`resolve`], [`read`], [`tag`] and [`reply`], and what time does to it:
//! [`look`], [`auto_resolve`], [`resolve_expired`]. Every change is a decision on the room as
//! it was read; the store writes it on the condition that this is still the room.

mod assignment;
mod details;
mod filter;
mod merge;
mod receive;
mod reply;
mod rewording;
mod sweep;
mod tags;
mod transitions;
mod turn;
mod visibility;
mod window;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Id, Time,
    channel::Channel,
    contact::{Contact, Identity},
    integration::{Integration, Member},
    message::{Message, Position, Receipt},
    settings::has_ended,
};

pub use assignment::{
    AssignRefused, Assignment, AssignmentRules, CHANGES_OF_HANDS, Giver, OPEN_ROOMS, hand_over,
    may_hand_over, may_have_another, takeover, unassign,
};
pub use details::{Details, NotARoomName, ROOM_NAME_LIMIT, RoomName, change_details};
pub use filter::Filter;
pub use merge::{aligned, merged, merged_into, renamed};
pub use receive::{Arrival, STORE_LIMIT, Taken, is_doubtful, receive};
pub use reply::{Replied, ReplyRefused, Wording, replied, reply};
pub use rewording::{is_overtaken, reworded};
pub use sweep::{Looked, Silence, Swept, auto_resolve, look, resolve_expired, silence};
pub use tags::{NotATag, TAG_LENGTH, TAGS, TagName, TooManyTags, tag, untag};
pub use transitions::{ResolveRefused, read, resolve};
pub use turn::in_turn;
pub use visibility::{Audience, audience, may_see};
pub use window::{EXPIRING, WINDOW, Window, window_closes};

/// Who has to do something about a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody has taken it.
    Unassigned,
    /// A member has taken it.
    Assigned,
    /// It is done, until the customer writes again.
    Resolved,
}

impl Status {
    /// All of them.
    pub const EACH: [Self; 3] = [Self::Unassigned, Self::Assigned, Self::Resolved];

    /// The name in the API and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Assigned => "assigned",
            Self::Resolved => "resolved",
        }
    }
}

/// The stretch from a room's opening to its resolution. Assignments and resolutions hang on it,
/// so that the next episode overwrites nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// Which episode; derived from the room, the message that opened it, and the moment.
    pub id: Id<Episode>,
    /// When it began, by our clock.
    pub opened_at: Time,
}

impl Episode {
    /// The episode that this message opens now. One message can open two: delivered again just
    /// after a resolution, it reopens the room that it had opened.
    pub fn opened_by(room: Id<Room>, arrival: &Receipt, now: Time) -> Self {
        let (message, moment) = (arrival.message_id.to_string(), now.millis().to_string());
        let id = Id::derived(&["episode", &room.to_string(), &message, &moment]);
        Self { id, opened_at: now }
    }
}

/// What resolved a room, where it was no member's hand on this very room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Nothing happened in it for as long as the organization has set.
    AutoResolve,
    /// A member resolved all expired rooms at once.
    ResolveExpired,
}

/// The line by which the inbox shows a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// Where the message lies.
    #[serde(flatten)]
    pub position: Position,
    /// Of a message that was sent from here, the id that follows from what the provider calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Id<Message>>,
    /// When it was said, as well as we can know.
    pub said_at: Time,
    /// When we received it, if the customer said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Time>,
    /// Its first words.
    pub preview: String,
    /// Whether the customer said it.
    pub from_customer: bool,
    /// When it has had its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

impl LastMessage {
    /// The line that stands for this message, with these words if its author has changed its own.
    pub fn of(message: &Message, words: Option<&str>) -> Self {
        Self {
            position: message.position(),
            named: Some(message.named_id()).filter(|named| *named != message.id),
            said_at: message.said_at(),
            received_at: message.order().1,
            preview: words.map_or_else(|| message.content.preview(), str::to_owned),
            from_customer: matches!(message.direction, crate::message::Direction::Inbound { .. }),
            expires_at: message.expires_at,
        }
    }

    /// Its first words, as long as it is kept.
    pub fn shown(&self, now: Time) -> &str {
        if has_ended(self.expires_at, now) { "" } else { &self.preview }
    }

    /// Whether it is the one with this id, which follows from what the provider calls it.
    pub fn is_named(&self, id: Id<Message>) -> bool {
        self.named.unwrap_or(self.position.id) == id
    }

    /// Whether this message comes after it.
    pub fn is_before(&self, message: &Message) -> bool {
        (self.said_at, self.received_at, self.position.id) < message.order()
    }
}

/// What most rooms have takes no place on their rows.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Which room.
    pub id: Id<Room>,
    /// With whom.
    pub contact_id: Id<Contact>,
    /// What the channel knows them by: where a reply goes.
    pub contact_identity: String,
    /// Through which account.
    pub integration_id: Id<Integration>,
    /// Through which channel.
    pub channel: Channel,
    /// The contact's name.
    pub name: String,
    /// The name that members gave it instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Whether the contact is blocked: nothing comes from them, and nothing goes to them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_contact_blocked: bool,
    /// Who has to do something about it.
    pub status: Status,
    /// The member who has taken it; of a resolved room, who had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Member>,
    /// How often it changed hands in this episode.
    #[serde(default, skip_serializing_if = "is_default")]
    pub changes_of_hands: u32,
    /// Its tags, and since when it bears them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagName, Time>,
    /// Whether timers leave it alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_dont_auto_resolve: bool,
    /// When the first message came.
    pub created_at: Time,
    /// The episode it is in, or was in when it was resolved.
    pub episode: Episode,
    /// When something last happened, by our clock: the inbox's order.
    pub activity_at: Time,
    /// When the latest of the customer's messages was said, as well as we can know.
    pub last_inbound_at: Time,
    /// The latest receipt of all that was taken in.
    pub last_received: Receipt,
    /// What was taken in last, and when: not the latest receipt, if its storing was slow.
    pub last_taken: Receipt,
    /// The latest message of ours that a provider took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_outbound_at: Option<Time>,
    /// The latest message of all.
    pub last_message: LastMessage,
    /// Up to which receipt we have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_read: Option<Receipt>,
    /// How many of the customer's messages we have not read: those taken in since `last_read`.
    pub unread: u32,
    /// When it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Time>,
    /// By whom; nobody, if the system resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<Member>,
    /// The room in which the customer is answered since two contacts turned out to be one person.
    /// What was said here stays here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id<Room>>,
    /// Messages that were edited or deleted when the room did not show them: if one of them comes
    /// only now, it must not come with the words that its author took back. The latest few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<Id<Message>>,
    /// More were overtaken than are remembered: any that was said up to then may have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten_until: Option<Time>,
    /// Counts the changes from 1 on: of two views of a room, the higher is the newer. The store
    /// writes it, with every change.
    #[serde(default, rename = "v", skip_serializing)]
    pub version: u64,
    /// How, if not one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// When the sweep has to look at it next, while its window is not marked as closed. Moved
    /// neither by a message nor by resolving: the sweep finds out when it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Time>,
    /// When its reply window closed, once the sweep has noticed; gone when the customer writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Time>,
}

impl Room {
    /// The room that a contact's first message opens.
    pub fn opened_by(
        message: &Message,
        receipt: &Receipt,
        contact: &Contact,
        identity: &Identity,
        integration: &Integration,
        now: Time,
    ) -> Self {
        Self {
            id: identity.room_id,
            contact_id: identity.contact_id,
            contact_identity: contact.identity.clone(),
            integration_id: integration.id,
            channel: integration.channel,
            name: contact.shown_name().to_owned(),
            given_name: None,
            is_contact_blocked: contact.is_blocked(),
            status: Status::Unassigned,
            assignee: None,
            changes_of_hands: 0,
            tags: BTreeMap::new(),
            is_dont_auto_resolve: false,
            created_at: now,
            episode: Episode::opened_by(identity.room_id, receipt, now),
            activity_at: now,
            last_inbound_at: message.said_at(),
            last_received: receipt.clone(),
            last_taken: Receipt { at: now, message_id: receipt.message_id },
            last_outbound_at: None,
            last_message: LastMessage::of(message, None),
            last_read: None,
            unread: 1,
            resolved_at: None,
            resolved_by: None,
            merged_into: None,
            overtaken: Vec::new(),
            forgotten_until: None,
            version: 1,
            resolution: None,
            due_at: Some(window_closes(message.said_at()).max(now)),
            expired_at: None,
        }
    }

    /// The name that members see.
    pub fn shown_name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(&self.name)
    }

    /// The room, in which something has just happened. Changing hands counts: who takes an old
    /// room has time to answer before silence resolves it.
    pub fn active(self, now: Time) -> Self {
        Self { activity_at: self.activity_at.max(now), ..self }
    }

    /// Whether the customer's last message has an answer.
    pub fn is_responded(&self) -> bool {
        self.last_outbound_at.is_some_and(|at| at > self.last_inbound_at)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    pub(crate) fn receipt(second: i64, message: &str) -> Receipt {
        Receipt { at: at(second), message_id: Id::derived(&[message]) }
    }

    /// A room that took in message "first" at second 100, and nothing else.
    pub(crate) fn room() -> Room {
        let arrival = receipt(100, "first");
        Room {
            id: Id::derived(&["room"]),
            contact_id: Id::derived(&["budi"]),
            contact_identity: "628123456789".into(),
            integration_id: Id::derived(&["integration"]),
            channel: Channel::WhatsApp,
            name: "Budi".into(),
            given_name: None,
            is_contact_blocked: false,
            status: Status::Unassigned,
            assignee: None,
            changes_of_hands: 0,
            tags: BTreeMap::new(),
            is_dont_auto_resolve: false,
            created_at: at(100),
            episode: Episode::opened_by(Id::derived(&["room"]), &arrival, at(100)),
            activity_at: at(100),
            last_inbound_at: at(99),
            last_message: LastMessage {
                position: Position { at: at(99), id: arrival.message_id },
                named: None,
                said_at: at(99),
                received_at: Some(arrival.at),
                preview: "Halo".into(),
                from_customer: true,
                expires_at: None,
            },
            last_taken: arrival.clone(),
            last_received: arrival,
            last_outbound_at: None,
            last_read: None,
            unread: 1,
            resolved_at: None,
            resolved_by: None,
            merged_into: None,
            overtaken: Vec::new(),
            forgotten_until: None,
            version: 1,
            resolution: None,
            due_at: Some(at(99 + 24 * 3600)),
            expired_at: None,
        }
    }

    #[test]
    fn a_room_is_responded_while_our_last_message_is_the_later_one() {
        let mut room = room();
        assert!(!room.is_responded());
        room.last_outbound_at = Some(at(120));
        assert!(room.is_responded());
        room.last_inbound_at = at(130);
        assert!(!room.is_responded());
    }
}
