//! Who is there, as clients see it.

use domain::{integration::Member, live::Presence};
use serde::Serialize;
use utoipa::ToSchema;

/// A member, and whether they are there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberPresenceView {
    /// The member's id.
    id: String,
    name: String,
    /// Whether one of the member's clients has a live socket.
    is_online: bool,
    /// Since when.
    online_since: Option<String>,
    /// When one of the member's clients last said that it is there.
    last_seen_at: Option<String>,
}

impl MemberPresenceView {
    /// What clients see of this member.
    pub fn new(member: &Member, present: Option<&Presence>) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.clone(),
            is_online: present.is_some(),
            online_since: present.map(|present| present.since.to_string()),
            last_seen_at: present.map(|present| present.seen_at.to_string()),
        }
    }
}
