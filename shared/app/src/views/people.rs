//! People around a room, as clients see them.

use domain::{integration::Member, member::Membership, room::Room};
use serde::Serialize;
use utoipa::ToSchema;

/// A member whom a room can be handed over to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentView {
    id: String,
    name: String,
    /// `agent`, `supervisor` or `admin`.
    role: &'static str,
}

/// Somebody who takes part in a room's conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    /// The contact's or the member's id.
    id: String,
    /// `customer` or `agent`.
    r#type: &'static str,
    name: String,
    /// Whether it is the member who has the room now, or had it when it was resolved.
    is_assigned: bool,
}

impl AgentView {
    /// What clients see of this member.
    pub fn new(member: &Membership) -> Self {
        let Membership { id, name, role, .. } = member;
        Self { id: id.to_string(), name: name.clone(), role: role.name() }
    }
}

impl ParticipantView {
    /// The customer of this room.
    pub fn customer(room: &Room) -> Self {
        Self {
            id: room.contact_id.to_string(),
            r#type: "customer",
            name: room.shown_name().to_owned(),
            is_assigned: false,
        }
    }

    /// A member who has or had this room.
    pub fn agent(room: &Room, member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            r#type: "agent",
            name: member.name.clone(),
            is_assigned: room.assignee.as_ref().is_some_and(|has| has.id == member.id),
        }
    }
}
