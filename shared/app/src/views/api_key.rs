//! API keys, as clients see them: never with what they prove themselves with.

use domain::api_key::{ApiKey, Proof};
use serde::Serialize;
use utoipa::ToSchema;

use super::member::moment;

/// A key of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    id: String,
    name: String,
    /// `bearer` or `hmac`.
    kind: &'static str,
    /// What an HMAC key's requests name as `username`.
    username: Option<String>,
    /// `agent`, `supervisor` or `admin`.
    role: &'static str,
    /// What of its role it is held to.
    scopes: Vec<String>,
    /// How many requests it may send a minute.
    rate_limit: Option<u32>,
    created_at: String,
    /// From when on it opens nothing.
    expires_at: Option<String>,
    /// When it was last used, to the hour.
    last_used_at: Option<String>,
}

impl ApiKeyView {
    /// What clients see of this key.
    pub fn new(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            kind: key.proof.name(),
            username: match &key.proof {
                Proof::Bearer => None,
                Proof::Hmac { username, .. } => Some(username.clone()),
            },
            role: key.role.name(),
            scopes: key.scopes.clone(),
            rate_limit: key.requests_per_minute,
            created_at: key.created_at.to_string(),
            expires_at: moment(key.expires_at),
            last_used_at: moment(key.last_used_at),
        }
    }
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewApiKeyView {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The Bearer token, or the secret that signs. It is shown this once.
    secret: String,
}

impl NewApiKeyView {
    /// What its maker sees of it.
    pub fn new(key: &ApiKey, secret: String) -> Self {
        Self { key: ApiKeyView::new(key), secret }
    }
}
