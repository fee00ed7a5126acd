//! The rules of the inbox, as pure values and decisions.
//!
//! One folder per noun of the business. Nothing in this crate does I/O, reads a clock or makes
//! a random number: time and ids come in as values, decisions go out as values, and `store`
//! turns them into conditional writes. That is what lets every rule be tested as a table.

pub mod api_key;
pub mod channel;
pub mod contact;
pub mod file_type;
pub mod id;
pub mod integration;
pub mod job;
pub mod live;
pub mod member;
pub mod message;
pub mod note;
pub mod permission;
pub mod rate_limit;
pub mod room;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod template;
pub mod time;
pub mod upload;

pub use id::Id;
pub use time::Time;
