//! Operations on rooms: one file each, or one for those that belong together.

pub(crate) mod agents;
pub(crate) mod agents_assign;
pub(crate) mod annotations;
pub(crate) mod assignable;
pub(crate) mod auto_takeover;
pub(crate) mod change;
pub(crate) mod expired;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod histories;
pub(crate) mod info;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod notes;
pub(crate) mod participants;
pub(crate) mod read;
pub(crate) mod resolve;
pub(crate) mod resolve_expired;
pub(crate) mod round_robin;
pub(crate) mod show;
pub(crate) mod tags;
pub(crate) mod takeover;
