//! The channels that customers write through, under Qontak's names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A kind of channel. Qontak calls WhatsApp's Cloud API `wa_cloud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// WhatsApp Cloud API.
    #[serde(rename = "wa_cloud")]
    WhatsApp,
}

impl Channel {
    /// All of them.
    pub const EACH: [Self; 1] = [Self::WhatsApp];

    /// The name in the API and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "wa_cloud",
        }
    }

    /// The name in the webhook address: `/webhooks/{slug}/{key}`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No channel has this slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a channel")]
pub struct UnknownChannel;

impl FromStr for Channel {
    type Err = UnknownChannel;

    /// Parses the slug of the webhook address.
    fn from_str(slug: &str) -> Result<Self, UnknownChannel> {
        match slug {
            "whatsapp" => Ok(Self::WhatsApp),
            _ => Err(UnknownChannel),
        }
    }
}
