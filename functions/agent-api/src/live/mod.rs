//! Operations of live updates: one file each.

pub(crate) mod events;
pub(crate) mod presence;
pub(crate) mod tickets;
