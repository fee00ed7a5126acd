//! Templates: messages whose words a provider has approved before, with places to fill in.
//!
//! A [`Definition`] is a copy of what the provider holds, taken when it was last asked; what the
//! provider tells by itself since then is in it, too ([`told`]). The
//! provider checks again when a message is sent; the copy is there so that a person hears at once
//! what is missing, and so that the history can show the words. [`fill`] is that check.

mod fill;
mod flows;
mod news;

use serde::{Deserialize, Serialize};

use crate::{Time, message::MediaKind};

pub use fill::{Filled, Unfit, fill};
pub use flows::name_flows;
pub use news::{Change, News, ToldAt, synced, told};

/// A template as its provider describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The provider's id of it.
    pub provider_id: String,
    /// Its name.
    pub name: String,
    /// Its language, as the provider spells it: `id`, `en_US`.
    pub language: String,
    /// What the provider says of it: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED` ...; `DELETED` of
    /// one that it no longer lists.
    pub status: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// What customers think of it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Why it was rejected or paused, by the provider's word: `INVALID_FORMAT`, `FIRST_PAUSE` ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Heading>,
    /// The words, with their places: `{{1}}` or `{{name}}`.
    pub body: String,
    /// The small words below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The buttons, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
    /// Cards side by side, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<TemplateCard>,
    /// An offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Parts that this version can't fill in, by the provider's names. A template that has one is
    /// shown and not sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<String>,
    /// When we asked for the list that first said so.
    pub synced_at: Time,
    /// When the provider told by itself what it told.
    #[serde(default)]
    pub told_at: ToldAt,
}

/// The status of a template that can be sent.
pub const APPROVED: &str = "APPROVED";

/// The status of a template that the provider no longer lists.
pub const DELETED: &str = "DELETED";

/// Whether a template can be called so: WhatsApp takes small letters, digits and `_`, up to 512.
pub fn is_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=512).contains(&name.len()) && name.bytes().all(known)
}

/// Whether a language can be called so: `id`, `en_US`, `zh_HK`.
pub fn is_language(language: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (2..=20).contains(&language.len()) && language.bytes().all(known)
}

/// What stands above a template's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Heading {
    /// A line, with at most one place.
    Text {
        /// The line.
        text: String,
    },
    /// A file that comes with each message.
    Media {
        /// Its kind.
        kind: MediaKind,
    },
    /// A product of a catalogue, with its picture.
    Product,
    /// A place, on a map.
    Location,
}

/// A card of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// What stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Heading>,
    /// The words, with their places; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The buttons, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
}

/// An offer of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it says.
    pub text: String,
    /// Whether each message says when it ends.
    pub has_expiration: bool,
}

/// A button of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButton {
    /// What it does.
    pub kind: ButtonKind,
    /// What it says.
    pub text: String,
    /// The page that it opens, with or without a place at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a template's button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Answers with its text.
    QuickReply,
    /// Opens a page.
    Url,
    /// Copies a code.
    CopyCode,
    /// Opens the catalogue.
    Catalog,
    /// Opens a choice of products.
    Mpm,
    /// Opens a form.
    Flow,
    /// Calls a number, shows the header's product, or whatever else needs nothing filled in.
    Other,
}

impl ButtonKind {
    /// The name in the API and on WhatsApp.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuickReply => "quick_reply",
            Self::Url => "url",
            Self::CopyCode => "copy_code",
            Self::Catalog => "catalog",
            Self::Mpm => "mpm",
            Self::Flow => "flow",
            Self::Other => "other",
        }
    }
}

impl Definition {
    /// Since when it is known as it is.
    pub fn updated_at(&self) -> Time {
        self.told_at.latest().map_or(self.synced_at, |told| told.max(self.synced_at))
    }

    /// The names of the places in these words, in the order in which they first appear.
    pub fn places(text: &str) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else { break };
            let name = name.trim();
            if !names.contains(&name) {
                names.push(name);
            }
            rest = tail;
        }
        names
    }
}
