//! Bearer API keys: who calls, for which organization, and what they may do.

use serde::{Deserialize, Serialize};

use crate::{
    Id, Time,
    integration::{Member, Organization},
};

/// What a caller may do. Ordered: a higher role may do all that a lower one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Also sees how the channels do.
    Supervisor,
    /// Also configures them.
    Admin,
}

/// A key as it is stored: under the SHA-256 of the token, never with the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The organization it opens.
    pub organization_id: Id<Organization>,
    /// The member it acts as.
    pub member: Member,
    /// What it may do.
    pub role: Role,
    /// What its maker called it.
    pub name: String,
    /// From when on it opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

impl ApiKey {
    /// Whether it still opens anything.
    pub fn is_live(&self, now: Time) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}
