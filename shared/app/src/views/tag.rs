//! Tags, as clients see them.

use serde::Serialize;
use store::Tag;
use utoipa::ToSchema;

/// A tag that the organization has used.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagView {
    /// In lower case.
    name: String,
    /// When a room was first given it.
    created_at: String,
}

impl TagView {
    /// What clients see of this tag.
    pub fn new(tag: &Tag) -> Self {
        Self { name: tag.name.to_string(), created_at: tag.created_at.to_string() }
    }
}
