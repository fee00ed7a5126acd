//! What supervisors look after: the channel accounts and what their providers tell.

mod list_events;
mod list_integrations;

pub use list_events::{Events, list_events};
pub use list_integrations::list_integrations;
