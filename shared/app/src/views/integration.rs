//! Channel accounts and what providers tell about them, as clients see them.

use domain::integration::{BusinessProfile, Connection, Integration, IntegrationEvent};
use serde::Serialize;
use utoipa::ToSchema;

use super::ErrorView;
#[cfg(feature = "files")]
use crate::integrations::EventAsItCame;

/// A channel account of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationView {
    id: String,
    /// The name that agents see.
    name: String,
    /// The channel, `wa_cloud`.
    target_channel: &'static str,
    /// The provider's id of the account: WhatsApp's `phone_number_id`.
    account_id: String,
    /// The provider's id of the business: WhatsApp's WABA.
    business_account_id: Option<String>,
    /// The number as people see it.
    display_phone_number: Option<String>,
    /// The business name that the provider has verified.
    verified_name: Option<String>,
    /// The provider's rating, as it told it last: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    quality_rating: Option<String>,
    /// To how many customers it may write first within a day: `TIER_250`, `TIER_2K`, `TIER_10K`,
    /// `TIER_100K`, `TIER_UNLIMITED`; null where the provider has not said.
    #[schema(example = "TIER_2K")]
    messaging_limit: Option<String>,
    /// `connected`, `needs_reconnect` (the provider refuses the token) or `disconnected`.
    connection: &'static str,
    /// Why it has to be connected again, in the provider's words.
    reconnect_reason: Option<ErrorView>,
    /// When the connection ended, or was first refused.
    connection_changed_at: Option<String>,
    /// Whether the provider has agreed to deliver. If not, connect again.
    is_subscribed: bool,
}

impl IntegrationView {
    /// What clients see of this account.
    pub fn new(integration: &Integration) -> Self {
        let (reconnect_reason, changed_at) = match &integration.connection {
            Connection::Connected => (None, None),
            Connection::NeedsReconnect { code, reason, since } => {
                let (code, title) = (*code, reason.clone());
                (Some(ErrorView { code, title, detail: None }), Some(since))
            }
            Connection::Disconnected { at } => (None, Some(at)),
        };
        let profile = integration.profile.clone();
        Self {
            id: integration.id.to_string(),
            name: integration.name.clone(),
            target_channel: integration.channel.name(),
            account_id: integration.account.clone(),
            business_account_id: integration.business_account.clone(),
            display_phone_number: profile.display_phone_number,
            verified_name: profile.verified_name,
            quality_rating: profile.quality,
            messaging_limit: profile.messaging_limit,
            connection: integration.connection.name(),
            reconnect_reason,
            connection_changed_at: changed_at.map(ToString::to_string),
            is_subscribed: integration.subscribed_at.is_some(),
        }
    }
}

/// What customers see when they open the business's profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct BusinessProfileView {
    /// The line below the name.
    about: Option<String>,
    /// Where it is.
    address: Option<String>,
    /// What it does.
    description: Option<String>,
    /// Where one writes to.
    email: Option<String>,
    /// Its pages.
    websites: Vec<String>,
    /// Its trade, by the provider's word.
    vertical: Option<String>,
    /// Where its picture is, for a while.
    picture_url: Option<String>,
}

impl BusinessProfileView {
    /// What clients see of this profile.
    pub fn new(profile: BusinessProfile) -> Self {
        let BusinessProfile { about, address, description, email, websites, vertical, picture_url } =
            profile;
        Self { about, address, description, email, websites, vertical, picture_url }
    }
}

/// What to enter at the provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// The callback address.
    pub url: String,
    /// The verify token; null of an app that was registered by hand.
    pub verify_token: Option<String>,
}

/// Something a provider told besides messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    id: String,
    /// The provider's name of it; `unrouted` or `unparseable` for what could not be placed.
    kind: String,
    summary: String,
    received_at: String,
}

impl EventView {
    /// What clients see of this event.
    pub fn new(event: &IntegrationEvent) -> Self {
        Self {
            id: event.id.to_string(),
            kind: event.kind.clone(),
            summary: event.summary.clone(),
            received_at: event.received_at.to_string(),
        }
    }
}

/// Something a provider told besides messages, as it came.
#[cfg(feature = "files")]
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPayloadView {
    #[serde(flatten)]
    event: EventView,
    /// The webhook's body with just this element in it, as text: JSON, unless the kind is
    /// `unparseable`. At most a megabyte of it; null once it is gone.
    payload: Option<String>,
    /// Whether the end of it is left out.
    is_payload_cut: bool,
}

#[cfg(feature = "files")]
impl EventPayloadView {
    /// What clients see of this event.
    pub fn new(shown: EventAsItCame) -> Self {
        let event = EventView::new(&shown.event);
        Self { event, payload: shown.payload, is_payload_cut: shown.is_cut }
    }
}
