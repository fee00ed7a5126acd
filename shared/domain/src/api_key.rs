//! API keys: who calls, for which organization, and what they may do.
//!
//! Two kinds. A Bearer key is sent with each request. An HMAC key is a name that is sent and a
//! secret that only signs: what Qontak's clients do.

use jiff::SignedDuration;
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

impl Role {
    /// All of them, the lowest first.
    pub const EACH: [Self; 3] = [Self::Agent, Self::Supervisor, Self::Admin];

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|role| role.name() == name)
    }
}

/// How a key proves itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// By a token, of which only the SHA-256 is kept: as the row's key.
    Bearer,
    /// By signatures with a secret, kept encrypted by KMS for this organization and key.
    Hmac {
        /// The name that requests bear.
        username: String,
        /// The secret, sealed, in base64.
        secret: String,
    },
}

impl Proof {
    /// Its name in the API.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Hmac { .. } => "hmac",
        }
    }
}

/// How many requests a minute a key is made with: what Qontak's documentation grants.
pub const REQUESTS_PER_MINUTE: u32 = 100;

/// How many requests a key may send within one second.
pub const REQUESTS_PER_SECOND: u32 = 10;

/// The most keys that an organization may have at a time.
pub const KEYS: usize = 100;

/// How exactly the last use of a key is known: more often it is not written.
const USE_IS_NEWS_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A key as it is stored, never with its token or its secret in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Which key.
    pub id: Id<ApiKey>,
    /// The organization it opens.
    pub organization_id: Id<Organization>,
    /// The member it acts as.
    pub member: Member,
    /// What it may do.
    pub role: Role,
    /// What of that it is held to: names of [`crate::permission::scopes`].
    pub scopes: Vec<String>,
    /// How it proves itself.
    pub proof: Proof,
    /// What its maker called it.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// From when on it opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// How many requests it may send a minute; as many as come, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// When it was last used, to the hour; kept only for keys that are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
    /// Whether the organization's list shows it. Keys of an installation's own making are not
    /// listed, and nobody asks when they were used.
    #[serde(default)]
    pub is_listed: bool,
}

impl ApiKey {
    /// Whether it still opens anything.
    pub fn is_live(&self, now: Time) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether a use now is worth writing down.
    pub fn use_is_news(&self, now: Time) -> bool {
        self.is_listed && self.last_used_at.is_none_or(|last| now >= last.plus(USE_IS_NEWS_AFTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_read_back_by_name() {
        for role in Role::EACH {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("owner"), None);
        assert!(Role::EACH.is_sorted());
    }
}
