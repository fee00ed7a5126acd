//! Who is calling: an API key, a signature, or a person who signed in; each leads to one caller.

#[cfg(feature = "sign-in")]
mod allowance;
#[cfg(feature = "sign-in")]
mod authenticator;
#[cfg(feature = "sign-in")]
mod invitee;
#[cfg(feature = "sign-in")]
mod signature;

use domain::{
    Id, Time,
    api_key::Role,
    integration::{Member, Organization},
    live::Right,
};
use sha2::{Digest, Sha256};
use store::{Table, Tenant};

#[cfg(feature = "sign-in")]
pub use allowance::{Allowance, Allowances};
#[cfg(feature = "sign-in")]
pub use authenticator::{Authenticated, Authenticator, Credentials, organization_needed};
#[cfg(feature = "sign-in")]
pub use invitee::Invitee;
#[cfg(feature = "sign-in")]
pub use signature::sign;

/// What every Bearer key begins with, so that one that leaks is recognized for what it is.
pub const PREFIX: &str = "sapa_";

/// A caller who was proved.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The organization that they are in.
    pub organization_id: Id<Organization>,
    /// The member that they are, or that the key acts as.
    pub member: Member,
    /// What they may do.
    pub role: Role,
    /// What of that they are held to, if they are a key.
    pub scopes: Option<Vec<String>>,
    /// When they end, if they are a key that does.
    pub ends_at: Option<Time>,
    /// Whose sign-in it is, if they are a person.
    pub sub: Option<String>,
    /// By what they were proved.
    pub right: Right,
}

impl Caller {
    /// The only part of the table that this caller can reach.
    pub fn tenant<'a>(&self, table: &'a Table) -> Tenant<'a> {
        table.tenant(self.organization_id)
    }
}

/// How a token is stored: SHA-256, in hex. It holds 256 random bits, so no salt is needed.
pub fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The hash under which an HMAC key is found. No token spells a name behind a null.
pub fn fingerprint_of_username(username: &str) -> String {
    fingerprint(&format!("hmac\0{username}"))
}
