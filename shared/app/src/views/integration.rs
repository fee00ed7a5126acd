//! Channel accounts and what providers tell about them, as clients see them.

use domain::integration::{Integration, IntegrationEvent};
use serde::Serialize;
use utoipa::ToSchema;

/// A channel account of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationView {
    id: String,
    name: String,
    /// The channel, `wa_cloud`.
    target_channel: &'static str,
    /// The provider's id of the account: WhatsApp's `phone_number_id`.
    account_id: String,
}

impl IntegrationView {
    /// What clients see of this account.
    pub fn new(integration: &Integration) -> Self {
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
pub struct EventView {
    id: String,
    /// The provider's name of it; `unrouted` or `unparseable` for what could not be placed.
    kind: String,
    summary: String,
    received_at: String,
    /// Where it lies as it came, in the bucket.
    raw_key: String,
}

impl EventView {
    /// What clients see of this event.
    pub fn new(event: &IntegrationEvent) -> Self {
        Self {
            id: event.id.to_string(),
            kind: event.kind.clone(),
            summary: event.summary.clone(),
            received_at: event.received_at.to_string(),
            raw_key: event.raw_key.clone(),
        }
    }
}
