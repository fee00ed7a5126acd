//! Files that members upload, to be sent to customers.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Member};

/// How long an upload that nobody completes is remembered.
pub const UNFINISHED: SignedDuration = SignedDuration::from_hours(24);

/// A file on its way into the bucket, or in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Which file.
    pub id: Id<Upload>,
    /// Its name in the bucket.
    pub key: String,
    /// The name that its sender gave it.
    pub filename: String,
    /// Its type: as declared while it is pending, as its bytes say once it is ready.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// Whether it is a picture that moves, as its bytes say once it is ready.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_animated: bool,
    /// How far it got.
    #[serde(flatten)]
    pub state: UploadState,
    /// Who uploads it.
    pub created_by: Member,
    /// When it began.
    pub created_at: Time,
}

/// How far an upload got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UploadState {
    /// The bytes may be on their way; they were not looked at.
    Pending,
    /// The bytes are there and were looked at.
    Ready {
        /// Their SHA-256 in hex.
        sha256: String,
    },
}

impl UploadState {
    /// The name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready { .. } => "ready",
        }
    }
}
