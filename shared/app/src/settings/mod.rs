//! What an organization sets.

mod change_auto_resolve;
mod show_auto_resolve;

pub use change_auto_resolve::change_auto_resolve;
pub use show_auto_resolve::show_auto_resolve;
