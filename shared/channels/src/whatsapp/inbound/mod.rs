//! A delivery, taken apart and understood.
//!
//! [`split`] cuts a delivery into elements, each a delivery of one, and [`decode`] says what an
//! element means. The cut comes first so that one element can be set aside, and read again days
//! later by a version that knows more, without its neighbours. Splitting can fail only as a
//! whole (the body is no delivery); decoding can't fail: what it doesn't know is an event.

mod account;
mod annotation;
mod content;
mod context;
mod decode;
mod event;
mod fields;
mod notice;
mod person;
mod split;
mod status;
mod system;

#[cfg(test)]
mod tests;

pub use decode::decode;
pub use split::split;

pub(super) use account::NO_REASON;
pub(super) use fields::{id, name, word};
