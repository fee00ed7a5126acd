//! Rooms, as clients see them.

use domain::{Time, room::Room};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MemberView, participant};

/// A conversation with one customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomView {
    /// The room's id, a UUID.
    id: String,
    /// The name that members gave the room, or the customer's.
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
    /// Whether the customer is blocked: nothing comes from them, and nothing goes to them.
    is_contact_blocked: bool,
    /// The member who has taken the room; of a resolved room, who had it last.
    agent: Option<MemberView>,
    /// Its tags, in the order of their names.
    tags: Vec<String>,
    /// Whether timers leave it alone.
    is_dont_auto_resolve: bool,
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
    /// By whom; null if the system did it.
    resolved_by_id: Option<String>,
    /// The room in which the customer is answered, since two contacts turned out to be one person.
    merged_into_room_id: Option<String>,
    /// Counts the changes: of two views of a room, the one with the higher version is the newer.
    version: u64,
    /// `Models::User`, or `Models::SystemAccount` if silence resolved it.
    resolved_by_type: Option<&'static str>,
    /// When the reply window closed, once the sweep has noticed; null again when the customer
    /// writes. `session` tells at every moment, this is the event.
    expired_at: Option<String>,
}

/// The line by which the inbox shows a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastMessageView {
    id: String,
    /// At most 100 characters.
    text: String,
    /// `customer` or `agent`.
    participant_type: &'static str,
    created_at: String,
}

impl RoomView {
    /// What clients see of this room at this moment.
    pub fn new(room: &Room, now: Time) -> Self {
        Self {
            id: room.id.to_string(),
            name: room.shown_name().to_owned(),
            status: room.status.name(),
            session: room.window(now).name(),
            session_expires_at: room.window_closes_at().to_string(),
            response_status: if room.is_responded() { "responded" } else { "unresponded" },
            r#type: "Models::CustomerServiceRoom",
            channel: room.channel.name(),
            channel_integration_id: room.integration_id.to_string(),
            account_uniq_id: room.contact_identity.clone(),
            contact_id: room.contact_id.to_string(),
            is_contact_blocked: room.is_contact_blocked,
            agent: room.assignee.as_ref().map(MemberView::new),
            tags: room.tags.keys().map(ToString::to_string).collect(),
            is_dont_auto_resolve: room.is_dont_auto_resolve,
            unread_count: room.unread,
            last_message: LastMessageView {
                id: room.last_message.position.id.to_string(),
                text: room.last_message.shown(now).to_owned(),
                participant_type: participant(room.last_message.from_customer),
                created_at: room.last_message.position.at.to_string(),
            },
            last_received_message_id: room.last_taken.message_id.to_string(),
            last_customer_message_at: room.customer_wrote_at().to_string(),
            updated_at: room.activity_at.to_string(),
            created_at: room.created_at.to_string(),
            resolved_at: room.resolved_at.map(|at| at.to_string()),
            merged_into_room_id: room.merged_into.map(|into| into.to_string()),
            resolved_by_id: room.resolved_by.as_ref().map(|by| by.id.to_string()),
            version: room.version,
            resolved_by_type: room.resolved_at.map(|_| match room.resolved_by {
                Some(_) => "Models::User",
                None => "Models::SystemAccount",
            }),
            expired_at: room.expired_at.map(|at| at.to_string()),
        }
    }
}
