//! WhatsApp Cloud API: messages both ways, what the phone's app sends, the statuses of ours, and
//! the list of templates.
//!
//! Deliveries are signed batches: `entry` × `changes` × (`messages` | `statuses` | anything).
//! What is not a known message or status is still decoded to something that an agent or an admin
//! sees: an unsupported message, or an event. The facts about the protocol are Meta's pages
//! under <https://developers.facebook.com/documentation/business-messaging/whatsapp>; where they
//! don't speak, the module says what we chose.

pub mod account;
pub mod business_profile;
pub mod errors;
mod graph;
pub mod inbound;
pub mod limits;
pub mod media_lookup;
pub mod outbound;
pub mod templates;
pub mod verify;

pub use graph::Declined;
