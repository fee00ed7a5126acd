//! Members and participants, as Qontak's clients see them.

use app::members::Person;
use domain::{integration::Member, member::Membership, room::Room};
use serde::Serialize;
use utoipa::ToSchema;

use super::{participant_type, sender_type};

/// A member of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakUser {
    /// The `agent_id` of rooms.
    id: String,
    full_name: String,
    /// The same as `full_name`.
    name: String,
    /// Empty of who works with a key alone.
    email: String,
    /// `agent`, `supervisor` or `admin`.
    role: &'static str,
    organization_id: String,
    created_at: String,
}

/// A member whom a room can be handed over to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakAgent {
    id: String,
    full_name: String,
    /// The same as `full_name`.
    name: String,
    /// `agent`, `supervisor` or `admin`.
    role: &'static str,
    organization_id: String,
}

/// Somebody who takes part in a room's conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakParticipant {
    /// The contact's or the member's id.
    id: String,
    room_id: String,
    /// `Models::Contact` or `Models::User`.
    r#type: &'static str,
    /// `customer` or `agent`.
    participant_type: &'static str,
    name: String,
    /// Whether it is the member who has the room now, or had it when it was resolved.
    is_assigned: bool,
}

impl QontakUser {
    /// What Qontak's clients see of this member.
    pub(in crate::qontak) fn new(person: &Person, company: &str) -> Self {
        let Person { membership, identity } = person;
        Self {
            id: membership.id.to_string(),
            full_name: membership.name.clone(),
            name: membership.name.clone(),
            email: identity.email.clone(),
            role: membership.role.name(),
            organization_id: company.to_owned(),
            created_at: membership.created_at.to_string(),
        }
    }
}

impl QontakAgent {
    /// What Qontak's clients see of this member.
    pub(in crate::qontak) fn new(member: &Membership, company: &str) -> Self {
        Self {
            id: member.id.to_string(),
            full_name: member.name.clone(),
            name: member.name.clone(),
            role: member.role.name(),
            organization_id: company.to_owned(),
        }
    }
}

impl QontakParticipant {
    /// The customer of this room.
    pub(in crate::qontak) fn customer(room: &Room) -> Self {
        Self::of(room, room.contact_id.to_string(), room.shown_name(), true)
    }

    /// A member who has or had this room.
    pub(in crate::qontak) fn agent(room: &Room, member: &Member) -> Self {
        let is_assigned = room.assignee.as_ref().is_some_and(|has| has.id == member.id);
        Self { is_assigned, ..Self::of(room, member.id.to_string(), &member.name, false) }
    }

    fn of(room: &Room, id: String, name: &str, is_customer: bool) -> Self {
        Self {
            id,
            room_id: room.id.to_string(),
            r#type: sender_type(is_customer),
            participant_type: participant_type(is_customer),
            name: name.to_owned(),
            is_assigned: false,
        }
    }
}
