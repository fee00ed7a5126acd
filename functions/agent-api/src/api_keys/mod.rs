//! Operations on API keys: one file each.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
