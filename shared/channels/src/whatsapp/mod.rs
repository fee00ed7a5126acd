//! WhatsApp Cloud API: text messages and the statuses of ours.
//!
//! Deliveries are signed batches: `entry` × `changes` × (`messages` | `statuses` | anything).
//! What is not a text or a known status is still decoded to something that an agent or an admin
//! sees: an unsupported message, or an event. The facts about the protocol are Meta's pages
//! under <https://developers.facebook.com/documentation/business-messaging/whatsapp>; where they
//! don't speak, the module says what we chose. Media, templates and edits are deliberately
//! absent here: they have no place to go yet.

pub mod account;
pub mod errors;
pub mod inbound;
pub mod limits;
pub mod outbound;
pub mod verify;
