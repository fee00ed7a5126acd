//! The templates that providers have approved: asked for, and listed.

mod list_templates;
#[cfg(feature = "secrets")]
mod sync_templates;

pub use list_templates::{Templates, list_templates};
#[cfg(feature = "secrets")]
pub use sync_templates::{Synced, sync_templates};
