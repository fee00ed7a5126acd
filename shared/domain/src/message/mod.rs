//! Messages: what was said, by whom, and how far it got.

mod annotation;
mod content;
mod delivery;
mod media_fetch;
mod sending;
mod stranded;

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    Id, Time,
    integration::{Integration, Member},
    room::Room,
    session::Session,
};

pub use annotation::{
    Annotated, Annotation, Annotations, ByAuthor, DELETED, Noted, Reaction, Revoked, Shown, Side,
    annotated_id, message_id,
};
pub use content::{
    Action, Button, Card, CardAddress, CardDetails, CardPhone, CarouselCard, CatalogOrder, Choice,
    Component, Content, Context, File, Flow, FlowStart, FormReply, Frame, FrameButton, Header,
    Interactive, Location, Media, MediaKind, OrderItem, Parameter, ParameterValue, ProductSection,
    Referral, Row, Section, Template, Typed,
};
pub use delivery::{
    Change, Conversation, Failure, Pricing, Status, StatusUpdate, Transition, apply,
};
pub use media_fetch::{
    FetchFault, ID_LIFE, SIZE_LIMIT, Wanted, abandoned, again_in, asked_again, missed, wanted,
};
pub use sending::{Found, LEASE, MAX_ATTEMPTS, failed, found, left_unknown, pause, released};
pub use stranded::{ROUNDS, Stranded, rest, stranded};

/// When we first received a message, made unique by its id: the order in which a room takes
/// messages in. Only ever our own clock, and only the first receipt: a provider's timestamp may
/// lie days back, and a redelivery must not look new.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Receipt {
    /// When, to the millisecond.
    pub at: Time,
    /// What.
    pub message_id: Id<Message>,
}

impl fmt::Display for Receipt {
    /// Sorts as text as it sorts in time: 13 digits of milliseconds last until the year 2286.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}#{}", self.at.millis(), self.message_id)
    }
}

impl From<Receipt> for String {
    fn from(receipt: Receipt) -> Self {
        receipt.to_string()
    }
}

/// The text is not a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a receipt")]
pub struct NotAReceipt;

impl FromStr for Receipt {
    type Err = NotAReceipt;

    fn from_str(text: &str) -> Result<Self, NotAReceipt> {
        let (millis, id) = text.split_once('#').ok_or(NotAReceipt)?;
        let millis = millis.parse().map_err(|_| NotAReceipt)?;
        Ok(Self { at: Time::from_millis(millis), message_id: id.parse().map_err(|_| NotAReceipt)? })
    }
}

impl TryFrom<String> for Receipt {
    type Error = NotAReceipt;

    fn try_from(text: String) -> Result<Self, NotAReceipt> {
        text.parse()
    }
}

/// Where a message lies in its room: by the time its channel gave it, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The provider's timestamp of what a customer said; our own of what we said.
    pub at: Time,
    /// Which message.
    pub id: Id<Message>,
}

/// The order of a room's messages as people read them: time, receipt, id.
pub type Order = (Time, Option<Time>, Id<Message>);

/// One message of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which message.
    pub id: Id<Message>,
    /// Its room.
    pub room_id: Id<Room>,
    /// The account it came or goes through.
    pub integration_id: Id<Integration>,
    /// When it was said.
    pub at: Time,
    /// What was said.
    pub content: Content,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub context: Context,
    /// The provider's id: known at once of what came in, on acceptance of what goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The request that brought it about, as the logs name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// When it has had its time, with its files; nothing, if it is kept for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Counts the changes from 1 on: of two views of a message, the higher is the newer. The
    /// store writes it, with every change.
    #[serde(default, rename = "v", skip_serializing)]
    pub version: u64,
    /// By whom, and how far it got.
    #[serde(flatten)]
    pub direction: Direction,
}

impl Message {
    /// Where it lies in its room.
    pub fn position(&self) -> Position {
        Position { at: self.at, id: self.id }
    }

    /// When it was said, as well as we can know. WhatsApp tells whole seconds, so a customer's
    /// message was said at the end of its second, or when we received it if that was before: else
    /// what answers us within a second would seem to stand before our words.
    pub fn said_at(&self) -> Time {
        match &self.direction {
            Direction::Inbound { received } => {
                self.at.plus(SignedDuration::from_millis(999)).min(received.at)
            }
            Direction::Outbound(_) => self.at,
        }
    }

    /// The id by which it is known to what is said about it, once the provider has named it.
    pub fn annotated_id(&self) -> Option<Id<Annotations>> {
        Some(annotated_id(self.integration_id, self.provider_id.as_deref()?))
    }

    /// The id that follows from what the provider calls it: its own, but for what was sent from here,
    /// which has no other before the provider has taken it.
    pub fn named_id(&self) -> Id<Message> {
        let provider_id = self.provider_id.as_deref();
        provider_id.map_or(self.id, |named| message_id(self.integration_id, named))
    }

    /// What follows what, for people: by the time it was said, then by our receipt.
    pub fn order(&self) -> Order {
        let received_at = match &self.direction {
            Direction::Inbound { received } => Some(received.at),
            Direction::Outbound(_) => None,
        };
        (self.said_at(), received_at, self.id)
    }
}

/// Which way a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Direction {
    /// A customer said it.
    Inbound {
        /// Our first receipt of it.
        received: Receipt,
    },
    /// One of ours said it.
    Outbound(Box<Outbound>),
}

impl Direction {
    /// Whose words these are.
    pub fn side(&self) -> Side {
        match self {
            Self::Inbound { .. } => Side::Customer,
            Self::Outbound(_) => Side::Business,
        }
    }
}

/// Where a message to a customer was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Here; it is ours to send.
    #[default]
    Here,
    /// In the channel's own app on a phone, which sent it: it is never ours to send.
    PhoneApp,
}

impl Origin {
    /// Whether it is ours to send.
    pub fn is_here(&self) -> bool {
        *self == Self::Here
    }
}

/// The course of a message to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbound {
    /// Who wrote it.
    pub sender: Member,
    /// Where it was written.
    #[serde(default, skip_serializing_if = "Origin::is_here")]
    pub origin: Origin,
    /// What the channel knows the customer by.
    pub to: String,
    /// How far it got.
    pub status: Status,
    /// How often a run of `outbound` has taken it.
    #[serde(default)]
    pub attempts: u32,
    /// When the run that has it took it; nothing, while none has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Time>,
    /// Which run has it: so that a claim whose answer was lost is known for one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// When we learned that the provider took it: set once, by whoever learns it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Time>,
    /// The billed session it belongs to, set with its acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Id<Session>>,
    /// The provider's time of `sent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Time>,
    /// The provider's time of `delivered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Time>,
    /// The provider's time of `read`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Time>,
    /// The provider's time of `played`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub played_at: Option<Time>,
    /// Why it failed. Beside the status, never hidden by it: providers have reported messages
    /// as delivered and as failed (chatwoot#13377).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What the provider says it charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
}

impl Outbound {
    /// Whether it may still be sent: nobody has tried to the end, or given it up.
    pub fn is_under_way(&self) -> bool {
        self.status < Status::Unknown && self.failure.is_none()
    }

    /// A message that waits to be sent.
    pub fn queued(sender: Member, to: String) -> Self {
        Self {
            sender,
            origin: Origin::Here,
            to,
            status: Status::Queued,
            attempts: 0,
            claimed_at: None,
            claimed_by: None,
            accepted_at: None,
            session_id: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            played_at: None,
            failure: None,
            pricing: None,
        }
    }

    /// A message that was sent from the channel's app on a phone at that time. It opens no
    /// billed session: it costs nothing, and nobody asked us to send it.
    pub fn from_phone_app(integration: Id<Integration>, to: String, at: Time) -> Self {
        let id = Id::derived(&["phone app", &integration.to_string()]);
        let sender = Member { id, name: "WhatsApp Business app".into() };
        let status = Status::Sent;
        Self { origin: Origin::PhoneApp, status, sent_at: Some(at), ..Self::queued(sender, to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_sort_as_text_as_they_sort_in_time() {
        let receipt =
            |ms, id: &str| Receipt { at: Time::from_millis(ms), message_id: Id::derived(&[id]) };
        let (early, late) = (receipt(999, "z"), receipt(1_700_000_000_000, "a"));
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(late.to_string().parse(), Ok(late));
        assert_eq!("12".parse::<Receipt>(), Err(NotAReceipt));
    }
}
