//! Keys of people and of what they come in by.

use domain::{
    Id,
    api_key::ApiKey,
    integration::{Member, Organization},
};

use super::{Key, organization};

pub(crate) fn api_key(sha256: &str) -> Key {
    Key::new(format!("key#{sha256}"), "key")
}

pub(crate) fn sign_in_identity(sub: &str) -> Key {
    Key::new(format!("identity#{sub}"), "identity")
}

pub(crate) fn sign_in(id: Id<domain::sign_in::Session>) -> Key {
    Key::new(format!("signin#{id}"), "signin")
}

/// `who` is a hash of an address.
pub(crate) fn attempts(who: &str, window: i64) -> Key {
    Key::new(format!("attempts#{who}"), window.to_string())
}

/// What the members of an organization share.
pub(crate) const MEMBERS: &str = "member#";

pub(crate) fn member(org: Id<Organization>, id: Id<Member>) -> Key {
    Key::new(organization(org), format!("{MEMBERS}{id}"))
}

pub(crate) fn roster(org: Id<Organization>) -> Key {
    Key::new(organization(org), "roster")
}

/// What the listed keys of an organization share.
pub(crate) const LISTED_KEYS: &str = "key#";

pub(crate) fn listed_key(org: Id<Organization>, id: Id<ApiKey>) -> Key {
    Key::new(organization(org), format!("{LISTED_KEYS}{id}"))
}

pub(crate) fn requests(org: Id<Organization>, key: Id<ApiKey>, minute: i64) -> Key {
    Key::new(format!("o#{org}#requests#{key}"), minute.to_string())
}
