//! What becomes of all that is held of a contact: exported or erased.

use domain::{
    Id,
    contact::{Contact, Erasure},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::MemberView;
use crate::contacts::Exported;

/// An export of all that is held of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportView {
    /// The export's id, a UUID.
    id: String,
    /// `running` or `done`.
    state: &'static str,
    /// How many lines are written.
    lines: u64,
    /// Once it is done: where its parts are, in their order. Each is lines of JSON, as
    /// `{"type": "message", "data": {...}}`.
    urls: Vec<String>,
    /// When the links end; `GET` gives new ones.
    urls_expire_at: Option<String>,
    requested_by: MemberView,
    created_at: String,
    done_at: Option<String>,
}

/// How far the erasure of a contact got.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureView {
    contact_id: String,
    /// `running` or `done`.
    state: &'static str,
    requested_by: MemberView,
    requested_at: String,
    done_at: Option<String>,
}

fn state(is_done: bool) -> &'static str {
    if is_done { "done" } else { "running" }
}

impl ExportView {
    /// What clients see of this export.
    pub fn new(exported: &Exported) -> Self {
        let export = &exported.export;
        let is_done = export.done_at.is_some();
        Self {
            id: export.id.to_string(),
            state: state(is_done),
            lines: export.lines,
            urls: exported.links.clone(),
            urls_expire_at: is_done.then(|| exported.links_end_at.to_string()),
            requested_by: MemberView::new(&export.requested_by),
            created_at: export.created_at.to_string(),
            done_at: export.done_at.map(|at| at.to_string()),
        }
    }
}

impl ErasureView {
    /// What clients see of this erasure.
    pub fn new(id: Id<Contact>, erasure: &Erasure) -> Self {
        Self {
            contact_id: id.to_string(),
            state: state(erasure.done_at.is_some()),
            requested_by: MemberView::new(&erasure.by),
            requested_at: erasure.at.to_string(),
            done_at: erasure.done_at.map(|at| at.to_string()),
        }
    }
}
