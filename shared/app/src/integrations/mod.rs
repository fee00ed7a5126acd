//! What admins and supervisors look after: the channel accounts and what their providers tell.

#[cfg(feature = "secrets")]
mod change_business_profile;
#[cfg(feature = "secrets")]
mod connect_whatsapp;
#[cfg(feature = "secrets")]
mod connector;
#[cfg(feature = "secrets")]
mod disconnect_integration;
mod list_events;
mod list_integrations;
#[cfg(feature = "secrets")]
mod reconnect_integration;
mod rename_integration;
#[cfg(feature = "secrets")]
mod show_business_profile;
#[cfg(feature = "files")]
mod show_event;
mod show_integration;
#[cfg(feature = "secrets")]
mod show_webhook;

use domain::{Id, integration::Integration};
use platform::problem::Problem;
use store::{Tenant, Versioned};

#[cfg(feature = "secrets")]
pub use change_business_profile::change_business_profile;
#[cfg(feature = "secrets")]
pub use connect_whatsapp::{NewWhatsApp, connect_whatsapp};
#[cfg(feature = "secrets")]
pub use connector::Connector;
#[cfg(feature = "secrets")]
pub(crate) use connector::provider_refused;
#[cfg(feature = "secrets")]
pub use disconnect_integration::disconnect_integration;
pub use list_events::{Events, list_events};
pub use list_integrations::list_integrations;
#[cfg(feature = "secrets")]
pub use reconnect_integration::{NewToken, reconnect_integration};
pub use rename_integration::rename_integration;
#[cfg(feature = "secrets")]
pub use show_business_profile::show_business_profile;
#[cfg(feature = "files")]
pub use show_event::{EventAsItCame, show_event};
pub use show_integration::show_integration;
#[cfg(feature = "secrets")]
pub use show_webhook::{Webhook, show_webhook};

use crate::internal;

/// The integration of this id, if it is the caller's organization's.
async fn find(tenant: Tenant<'_>, id: Id<Integration>) -> Result<Versioned<Integration>, Problem> {
    let found = tenant.integration(id).await.map_err(internal)?;
    found.ok_or_else(|| Problem::not_found("integration"))
}
