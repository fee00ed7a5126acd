//! Messages, as clients see them.

use domain::{
    Time,
    message::{Content, Direction, Message, Outbound, Status},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MemberView, participant};

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// The message's id, a UUID.
    id: String,
    /// Its room.
    room_id: String,
    /// `text`, or `unsupported` for what this version can't show.
    r#type: &'static str,
    /// The words; null of what is unsupported.
    text: Option<String>,
    /// The provider's name of an unsupported type.
    unsupported_type: Option<String>,
    /// `customer` or `agent`.
    participant_type: &'static str,
    /// `Models::Contact` or `Models::User`.
    sender_type: &'static str,
    /// The member who wrote it; null of a customer's.
    sender: Option<MemberView>,
    /// A customer's: `created`. Ours: `queued`, `sending`, `unknown` (the provider may or may not
    /// have it), `sent`, `delivered`, `read`, `played` or `failed`.
    status: &'static str,
    /// Why it failed. May stand beside `delivered` or `read`: providers contradict themselves.
    error: Option<ErrorView>,
    /// The provider's id.
    external_id: Option<String>,
    /// When it was said.
    created_at: String,
    /// When the provider sent it on.
    sent_at: Option<String>,
    /// When the customer's device had it.
    delivered_at: Option<String>,
    /// When the customer saw it.
    read_at: Option<String>,
    /// The billed session it belongs to.
    session_id: Option<String>,
}

/// Why a message failed, in the provider's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// The provider's code; 0 where there is none.
    pub(super) code: i64,
    pub(super) title: String,
}

impl MessageView {
    /// What clients see of this message.
    pub fn new(message: &Message) -> Self {
        let (text, unsupported_type) = match &message.content {
            Content::Text { text } => (Some(text.clone()), None),
            Content::Unsupported { provider_type, .. } => (None, Some(provider_type.clone())),
            Content::Media(_)
            | Content::Location(_)
            | Content::Contacts { .. }
            | Content::Interactive(_)
            | Content::Choice(_)
            | Content::FormReply(_)
            | Content::Order(_)
            | Content::Template(_)
            | Content::Reaction { .. } => (Some(message.content.preview()), None),
        };
        let ours = match &message.direction {
            Direction::Inbound { .. } => None,
            Direction::Outbound(outbound) => Some(outbound),
        };
        let time =
            |at: fn(&Outbound) -> Option<Time>| ours.and_then(|o| at(o)).map(|at| at.to_string());
        Self {
            id: message.id.to_string(),
            room_id: message.room_id.to_string(),
            r#type: message.content.type_name(),
            text,
            unsupported_type,
            participant_type: participant(ours.is_none()),
            sender_type: if ours.is_none() { "Models::Contact" } else { "Models::User" },
            sender: ours.map(|outbound| MemberView::new(&outbound.sender)),
            status: ours.map_or("created", |outbound| status(outbound)),
            error: ours
                .and_then(|outbound| outbound.failure.as_ref())
                .map(|failure| ErrorView { code: failure.code, title: failure.title.clone() }),
            external_id: message.provider_id.clone(),
            created_at: message.at.to_string(),
            sent_at: time(|outbound| outbound.sent_at),
            delivered_at: time(|outbound| outbound.delivered_at),
            read_at: time(|outbound| outbound.read_at),
            session_id: ours.and_then(|outbound| outbound.session_id).map(|id| id.to_string()),
        }
    }
}

/// A failure is the status of a message that nobody has; a message that arrived shows how far it
/// got, with the failure beside it.
fn status(outbound: &Outbound) -> &'static str {
    match (&outbound.failure, outbound.status) {
        (Some(_), Status::Queued | Status::Sending | Status::Unknown | Status::Sent) => "failed",
        (_, status) => status.name(),
    }
}
