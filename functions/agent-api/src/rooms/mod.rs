//! Operations on rooms: one file each.

pub(crate) mod histories;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod read;
pub(crate) mod resolve;
pub(crate) mod show;
pub(crate) mod takeover;
