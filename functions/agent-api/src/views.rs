//! What clients see of rooms and messages, under Qontak's names.
//!
//! Apart from the domain's types on purpose: the table may change without the API, and the API
//! never shows more than it says here.

use domain::{
    Time,
    integration::{Integration, IntegrationEvent, Member},
    message::{Content, Direction, Message, Outbound, Status},
    room::Room,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A conversation with one customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomView {
    /// The room's id, a UUID.
    id: String,
    /// The customer's name.
    name: String,
    /// `unassigned`, `assigned` or `resolved`.
    status: &'static str,
    /// The reply window: `open`, `expiring` (its last 4 hours) or `expired`.
    session: &'static str,
    /// When the reply window closes: 24 hours after the customer's last message.
    session_expires_at: String,
    /// `responded` once our last message is later than the customer's.
    response_status: &'static str,
    /// Qontak's type of a customer's room.
    r#type: &'static str,
    /// The channel, `wa_cloud`.
    channel: &'static str,
    /// The integration through which the customer writes.
    channel_integration_id: String,
    /// What the channel knows the customer by: a phone number in digits on WhatsApp.
    account_uniq_id: String,
    /// The customer.
    contact_id: String,
    /// The member who has taken the room.
    agent: Option<MemberView>,
    /// How many of the customer's messages nobody has read.
    unread_count: u32,
    /// The latest message.
    last_message: LastMessageView,
    /// What the customer's side brought last: `last_message`, or a message that came late and
    /// lies above it. Whoever has seen it has seen all.
    last_received_message_id: String,
    /// When the customer last wrote.
    last_customer_message_at: String,
    /// When the room was last active.
    updated_at: String,
    /// When the room was first opened.
    created_at: String,
    /// When it was resolved.
    resolved_at: Option<String>,
    /// By whom.
    resolved_by_id: Option<String>,
}

/// A member of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    id: String,
    name: String,
}

/// The line by which the inbox shows a room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastMessageView {
    id: String,
    /// At most 100 characters.
    text: String,
    /// `customer` or `agent`.
    participant_type: &'static str,
    created_at: String,
}

impl RoomView {
    pub(crate) fn new(room: &Room, now: Time) -> Self {
        Self {
            id: room.id.to_string(),
            name: room.name.clone(),
            status: room.status.name(),
            session: room.window(now).name(),
            session_expires_at: room.window_closes_at().to_string(),
            response_status: if room.is_responded() { "responded" } else { "unresponded" },
            r#type: "Models::CustomerServiceRoom",
            channel: room.channel.name(),
            channel_integration_id: room.integration_id.to_string(),
            account_uniq_id: room.contact_identity.clone(),
            contact_id: room.contact_id.to_string(),
            agent: room.assignee.as_ref().map(MemberView::new),
            unread_count: room.unread,
            last_message: LastMessageView {
                id: room.last_message.position.id.to_string(),
                text: room.last_message.preview.clone(),
                participant_type: participant(room.last_message.from_customer),
                created_at: room.last_message.position.at.to_string(),
            },
            last_received_message_id: room.last_taken.message_id.to_string(),
            last_customer_message_at: room.customer_wrote_at().to_string(),
            updated_at: room.activity_at.to_string(),
            created_at: room.created_at.to_string(),
            resolved_at: room.resolved_at.map(|at| at.to_string()),
            resolved_by_id: room.resolved_by.as_ref().map(|by| by.id.to_string()),
        }
    }
}

impl MemberView {
    fn new(member: &Member) -> Self {
        Self { id: member.id.to_string(), name: member.name.clone() }
    }
}

fn participant(is_customer: bool) -> &'static str {
    if is_customer { "customer" } else { "agent" }
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageView {
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
pub(crate) struct ErrorView {
    /// The provider's code; 0 where there is none.
    code: i64,
    title: String,
}

impl MessageView {
    pub(crate) fn new(message: &Message) -> Self {
        let (text, unsupported_type) = match &message.content {
            Content::Text { text } => (Some(text.clone()), None),
            Content::Unsupported { provider_type, .. } => (None, Some(provider_type.clone())),
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

/// A channel account of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntegrationView {
    id: String,
    name: String,
    /// The channel, `wa_cloud`.
    target_channel: &'static str,
    /// The provider's id of the account: WhatsApp's `phone_number_id`.
    account_id: String,
}

impl IntegrationView {
    pub(crate) fn new(integration: &Integration) -> Self {
        Self {
            id: integration.id.to_string(),
            name: integration.name.clone(),
            target_channel: integration.channel.name(),
            account_id: integration.account.clone(),
        }
    }
}

/// Something a provider told besides messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    id: String,
    /// The provider's name of it; `unrouted` or `unparseable` for what could not be placed.
    kind: String,
    summary: String,
    received_at: String,
    /// Where it lies as it came, in the bucket.
    raw_key: String,
}

impl EventView {
    pub(crate) fn new(event: &IntegrationEvent) -> Self {
        Self {
            id: event.id.to_string(),
            kind: event.kind.clone(),
            summary: event.summary.clone(),
            received_at: event.received_at.to_string(),
            raw_key: event.raw_key.clone(),
        }
    }
}
