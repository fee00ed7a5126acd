//! Operations on files: one file each.

pub(crate) mod begin;
pub(crate) mod complete;
pub(crate) mod multipart;
pub(crate) mod show;
