//! Files that members upload, to be sent to customers.
//!
//! An upload may be sent to many, and each of its messages is shown with it. So it remembers to whom
//! it was sent: its bytes are there as long as one of them has a message of it, or it may still be
//! sent, and no longer. Erasing the last one whom it was sent to takes it away at once. A copy for
//! each would do without that memory, at the price of up to 100 MB that are copied while a member
//! waits for the answer.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Member};

/// How long an upload that nobody completes is remembered.
pub const UNFINISHED: SignedDuration = SignedDuration::from_hours(24);

/// How long a file that is ready may be sent: since it was uploaded, or sent last.
pub const SENDABLE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// How much of that has passed before a sending begins it anew: what is sent a hundred times a day
/// is not written a hundred times.
const RENEWED: SignedDuration = SignedDuration::from_hours(24);

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
    /// Until when it may be completed or, once it is ready, sent. Missing of older ones, until they
    /// are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Time>,
}

impl Upload {
    /// The same, as it is once it is sent now; nothing if it is so already.
    pub fn sent(&self, now: Time) -> Option<Self> {
        let is_fresh = self.ends_at.is_some_and(|ends| ends > now.plus(SENDABLE).plus(-RENEWED));
        (!is_fresh).then(|| Self { ends_at: Some(now.plus(SENDABLE)), ..self.clone() })
    }

    /// The upload that a name in the bucket is of: `upload/{organization}/{id}`, and what follows.
    pub fn of_key(key: &str) -> Option<Id<Self>> {
        key.strip_prefix("upload/")?.split('/').nth(1)?.parse().ok()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(ends_at: Option<Time>) -> Upload {
        Upload {
            id: Id::derived(&["file"]),
            key: String::new(),
            filename: "kopi.jpg".into(),
            mime_type: "image/jpeg".into(),
            size: 1,
            is_animated: false,
            state: UploadState::Ready { sha256: String::new() },
            created_by: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
            created_at: Time::from_millis(0),
            ends_at,
        }
    }

    #[test]
    fn what_is_sent_may_be_sent_for_as_long_again() {
        let now = Time::from_millis(1_800_000_000_000);
        let ends = now.plus(SENDABLE);
        assert_eq!(upload(None).sent(now), Some(upload(Some(ends))));
        assert_eq!(upload(Some(ends)).sent(now.plus(RENEWED.checked_div(2).unwrap())), None);
        let later = now.plus(RENEWED);
        assert_eq!(upload(Some(ends)).sent(later), Some(upload(Some(later.plus(SENDABLE)))));
    }

    #[test]
    fn a_name_in_the_bucket_leads_back_to_its_upload() {
        let id: Id<Upload> = Id::derived(&["file"]);
        for key in [format!("upload/org/{id}"), format!("upload/org/{id}/abc")] {
            assert_eq!(Upload::of_key(&key), Some(id));
        }
        assert_eq!(Upload::of_key(&format!("contact/org/{id}")), None);
        assert_eq!(Upload::of_key("upload/org"), None);
    }
}
