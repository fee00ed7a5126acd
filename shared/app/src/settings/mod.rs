//! What an organization sets.

mod change_auto_resolve;
mod change_retention;
mod show_auto_resolve;
mod show_retention;

pub use change_auto_resolve::change_auto_resolve;
pub use change_retention::change_retention;
pub use show_auto_resolve::show_auto_resolve;
pub use show_retention::show_retention;
