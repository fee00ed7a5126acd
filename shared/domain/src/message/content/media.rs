//! Pictures, recordings, films, documents and stickers.

use serde::{Deserialize, Serialize};

use crate::Time;

/// What kind of file it is to the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A recording.
    Audio,
    /// A film.
    Video,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// The name in the API and on WhatsApp.
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// A file in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What kind of file it is to the channel.
    pub kind: MediaKind,
    /// The words below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name that its sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether it was spoken into the phone, and not chosen as a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_voice: bool,
    /// Whether a sticker moves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_animated: bool,
    /// Where the file is.
    pub file: File,
}

impl Media {
    /// Its name in the bucket, once it is there.
    pub fn stored_at(&self) -> Option<&str> {
        match &self.file {
            File::Stored { key, .. } => Some(key),
            File::Awaited { .. } | File::Failed { .. } => None,
        }
    }
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum File {
    /// Still only with the provider.
    Awaited {
        /// The provider's id of it.
        provider_media_id: String,
        /// Its type, as the provider says.
        mime_type: String,
        /// Its SHA-256 in hex, as the provider says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha256: Option<String>,
        /// Which chain of tries has it: the first, or one that was begun when another had ended.
        #[serde(default, skip_serializing_if = "is_first")]
        round: u32,
    },
    /// In our bucket.
    Stored {
        /// Its name in the bucket.
        key: String,
        /// Its type, as its bytes say.
        mime_type: String,
        /// Its length in bytes.
        size: u64,
        /// Its SHA-256 in hex.
        sha256: String,
    },
    /// It could not be fetched.
    Failed {
        /// The provider's id of it.
        provider_media_id: String,
        /// Its type, as the provider says.
        mime_type: String,
        /// Its SHA-256 in hex, as the provider says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha256: Option<String>,
        /// Why, in a word of ours: `too_large`, `wrong_sha256`, `gone`, `unreachable` ...
        reason: String,
        /// When it last failed.
        at: Time,
        /// How often it was tried.
        attempts: u32,
        /// Which chain of tries has it: the first, or one that was begun when another had ended.
        #[serde(default, skip_serializing_if = "is_first")]
        round: u32,
    },
}

fn is_first(round: &u32) -> bool {
    *round == 0
}
