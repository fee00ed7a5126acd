//! Uploaded files, as clients see them.

use domain::upload::{Upload, UploadState};
use serde::Serialize;
use utoipa::ToSchema;

/// A file that a member uploads.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    id: String,
    filename: String,
    /// Its type: as declared while it is pending, as its bytes say once it is ready.
    mime_type: String,
    /// Its length in bytes.
    size: u64,
    /// `pending` until it is completed, then `ready` to be sent.
    state: &'static str,
    /// Its SHA-256 in hex, once it is ready.
    sha256: Option<String>,
    created_at: String,
    /// Until when it has to be completed; once it is ready, until when it may be sent. That is 90
    /// days from now whenever it is sent. Null of a file from before this was told.
    expires_at: Option<String>,
}

impl UploadView {
    /// What clients see of this file.
    pub fn new(upload: &Upload) -> Self {
        let sha256 = match &upload.state {
            UploadState::Pending => None,
            UploadState::Ready { sha256 } => Some(sha256.clone()),
        };
        Self {
            id: upload.id.to_string(),
            filename: upload.filename.clone(),
            mime_type: upload.mime_type.clone(),
            size: upload.size,
            state: upload.state.name(),
            sha256,
            created_at: upload.created_at.to_string(),
            expires_at: upload.ends_at.map(|at| at.to_string()),
        }
    }
}
