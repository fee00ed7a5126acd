//! Who writes to us: contacts, and the identities by which a channel knows them.

use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Integration, room::Room};

/// A person, as one organization knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which contact.
    pub id: Id<Contact>,
    /// The name their channel profile gives; the identity itself while there is none.
    pub name: String,
    /// What the channel knows them by; a phone number in E.164 digits without `+` on WhatsApp.
    pub identity: String,
    /// When they first wrote.
    pub created_at: Time,
}

/// What an identity leads to. The row of an identity is the guard of its uniqueness: whoever
/// writes it first decides, and merging two contacts rewrites what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The person.
    pub contact_id: Id<Contact>,
    /// The room in which they talk with this integration.
    pub room_id: Id<Room>,
}

impl Identity {
    /// The contact and room of an identity that has never written before: always the same ones,
    /// so that two racing first messages make one room.
    pub fn first(integration: Id<Integration>, identity: &str) -> Self {
        let integration = integration.to_string();
        Self {
            contact_id: Id::derived(&["contact", &integration, identity]),
            room_id: Id::derived(&["room", &integration, identity]),
        }
    }
}
