//! Rooms, as Qontak's clients see them.

use domain::room::{Room, Status};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Company, participant_type, sender_type};

/// A conversation with one customer.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakRoom {
    id: String,
    /// The name that members gave the room, or the customer's.
    name: String,
    /// Always empty.
    description: &'static str,
    /// `unassigned`, `assigned` or `resolved`. There are no rooms of campaigns and no deleted ones.
    status: &'static str,
    /// Always `Models::CustomerServiceRoom`.
    r#type: &'static str,
    tags: Vec<String>,
    /// The channel, `wa_cloud`.
    channel: &'static str,
    /// What the channel account is called.
    channel_account: Option<String>,
    organization_id: String,
    /// What the channel knows the customer by: a phone number in digits.
    account_uniq_id: String,
    channel_integration_id: String,
    /// The reply window: `open`, `expiring` (its last 4 hours) or `expired`.
    session: &'static str,
    /// When the customer last wrote: the reply window is open for 24 hours from then.
    session_at: String,
    /// The customer. Qontak has no such field.
    contact_id: String,
    last_message: QontakLastMessage,
    unread_count: u32,
    last_message_at: String,
    last_activity_at: String,
    created_at: String,
    updated_at: String,
    /// Always null.
    avatar: Option<String>,
    /// Who has the room; empty if nobody has.
    agent_ids: Vec<String>,
    is_dont_auto_resolve: bool,
    /// Whether the customer waits for an answer.
    is_unresponded: bool,
    resolved_at: Option<String>,
    resolved_by_id: Option<String>,
    /// `Models::User`, of a room that somebody resolved.
    resolved_by_type: Option<&'static str>,
    /// Always null.
    external_id: Option<String>,
}

/// The line by which a list shows a room: not all of the message.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakLastMessage {
    id: String,
    room_id: String,
    /// `Models::Contact` or `Models::User`.
    sender_type: &'static str,
    /// `customer` or `agent`.
    participant_type: &'static str,
    organization_id: String,
    /// At most 100 characters.
    text: String,
    channel: &'static str,
    created_at: String,
}

impl QontakRoom {
    /// What Qontak's clients see of this room.
    pub(in crate::qontak) fn new(room: &Room, company: &Company) -> Self {
        let is_open = room.status != Status::Resolved;
        let said_at = room.last_message.position.at.to_string();
        Self {
            id: room.id.to_string(),
            name: room.shown_name().to_owned(),
            description: "",
            status: room.status.name(),
            r#type: "Models::CustomerServiceRoom",
            tags: room.tags.keys().map(ToString::to_string).collect(),
            channel: room.channel.name(),
            channel_account: company.account(room.integration_id),
            organization_id: company.id.to_string(),
            account_uniq_id: room.contact_identity.clone(),
            channel_integration_id: room.integration_id.to_string(),
            session: room.window(company.now).name(),
            session_at: room.customer_wrote_at().to_string(),
            contact_id: room.contact_id.to_string(),
            last_message: QontakLastMessage::new(room, company),
            unread_count: room.unread,
            last_message_at: said_at,
            last_activity_at: room.activity_at.to_string(),
            created_at: room.created_at.to_string(),
            updated_at: room.activity_at.to_string(),
            avatar: None,
            agent_ids: room.assignee.iter().filter(|_| is_open).map(|m| m.id.to_string()).collect(),
            is_dont_auto_resolve: room.is_dont_auto_resolve,
            is_unresponded: !room.is_responded(),
            resolved_at: room.resolved_at.map(|at| at.to_string()),
            resolved_by_id: room.resolved_by.as_ref().map(|by| by.id.to_string()),
            resolved_by_type: room.resolved_by.as_ref().map(|_| sender_type(false)),
            external_id: None,
        }
    }
}

impl QontakLastMessage {
    fn new(room: &Room, company: &Company) -> Self {
        let is_customer = room.last_message.from_customer;
        Self {
            id: room.last_message.position.id.to_string(),
            room_id: room.id.to_string(),
            sender_type: sender_type(is_customer),
            participant_type: participant_type(is_customer),
            organization_id: company.id.to_string(),
            text: room.last_message.shown(company.now).to_owned(),
            channel: room.channel.name(),
            created_at: room.last_message.position.at.to_string(),
        }
    }
}
