//! A company's accounts with the providers: which app signs, which account speaks.

mod business_profile;
mod connection;
mod number;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, channel::Channel};

pub use business_profile::{BusinessProfile, BusinessProfileChange};
pub use connection::{Connection, disconnect, token_refused};
pub use number::{KnownAt, NumberChange, NumberNews, number_told};

/// A company that uses this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Organization {}

/// A person who signs in and answers, as one organization knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which member.
    pub id: Id<Member>,
    /// The name colleagues see.
    pub name: String,
}

/// One channel account of an organization: a WhatsApp phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// Which integration.
    pub id: Id<Integration>,
    /// Whose it is.
    pub organization_id: Id<Organization>,
    /// Its channel.
    pub channel: Channel,
    /// The name agents see.
    pub name: String,
    /// The provider's id of the account: WhatsApp's `phone_number_id`.
    pub account: String,
    /// The provider app whose secret signs this account's deliveries.
    pub app_key: String,
    /// The channel token, encrypted by KMS for this organization and integration, in base64.
    pub token: String,
    /// The provider's id of the business that the account belongs to: WhatsApp's WABA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_account: Option<String>,
    /// What the provider says about the account.
    #[serde(default)]
    pub profile: Profile,
    /// Whether it is connected.
    #[serde(default)]
    pub connection: Connection,
    /// When the provider agreed to deliver to our webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_at: Option<Time>,
    /// When the provider was last asked for the list of its templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates_asked_at: Option<Time>,
}

/// What a provider says about an account: when it was last connected, and by itself since then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The number as people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone_number: Option<String>,
    /// The business name that the provider has verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_name: Option<String>,
    /// The provider's quality rating: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// To how many customers it may write first within a day: `TIER_2K`, `TIER_UNLIMITED` ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_limit: Option<String>,
    /// As of when.
    #[serde(default)]
    pub known_at: KnownAt,
}

/// One app at a provider, and the secret with which it signs. Its key is the last part of the
/// webhook address; only integrations bound to it are reachable through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderApp {
    /// The opaque id in the webhook address.
    pub key: String,
    /// The organization that registered the app; what can't be routed is kept there.
    pub organization_id: Id<Organization>,
    /// Its channel.
    pub channel: Channel,
    /// The provider's id of the app; missing of apps that were registered by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The app secret, encrypted by KMS for this organization and app, in base64.
    pub secret: String,
    /// SHA-256 of the verify token, in hex: what webhooks compare.
    pub verify_token_sha256: String,
    /// The verify token, encrypted by KMS for this organization and webhook, in base64: an admin
    /// has to enter it at the provider. Missing of apps that were registered by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_token: Option<String>,
}

/// How long an event is kept, with the element that it came in: as the bucket's lifecycle says of
/// `raw/`.
pub const EVENT_LIFE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Something a provider told us that is no message and no status of ours: kept, and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationEvent {
    /// Derived from the element, so that a redelivery is the same event.
    pub id: Id<IntegrationEvent>,
    /// The provider's name of it: `account_update`, `status`, or `unrouted` of a stranger's.
    pub kind: String,
    /// Our first receipt.
    pub received_at: Time,
    /// Where the element lies as it came, in the bucket.
    pub raw_key: String,
    /// A line for people, without a customer's words.
    pub summary: String,
}

impl IntegrationEvent {
    /// Whether it has had its time: the table takes it away a little later.
    pub fn has_ended(&self, now: Time) -> bool {
        self.received_at.plus(EVENT_LIFE) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that is connected.
    pub(super) fn integration() -> Integration {
        Integration {
            id: Id::derived(&["i"]),
            organization_id: Id::derived(&["o"]),
            channel: Channel::WhatsApp,
            name: "Kopi".into(),
            account: "1".into(),
            app_key: "app".into(),
            token: "sealed".into(),
            business_account: None,
            profile: Profile::default(),
            connection: Connection::Connected,
            subscribed_at: None,
            templates_asked_at: None,
        }
    }
}
