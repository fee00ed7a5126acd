//! `/v1/contacts`, `/v1/contact_block` and `/v1/contact_fields`.

pub(crate) mod block;
pub(crate) mod edit;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod show;
