//! What was said: one variant per kind of message, for every channel and both ways.
//!
//! What a channel does not have, it never produces; what it can't show arrives as
//! [`Content::Unsupported`], so that an agent knows that something was said. Reactions, edits and
//! deletions of a customer are no messages: they lie beside the message that they are about.

mod interactive;
mod media;
mod order;
mod place;
mod template;

use serde::{Deserialize, Serialize};

pub use interactive::{
    Action, Button, Choice, Flow, FlowStart, FormReply, Header, Interactive, Row, Section,
};
pub use media::{File, Media, MediaKind};
pub use order::{CatalogOrder, OrderItem};
pub use place::{Card, CardAddress, CardDetails, CardPhone, Location, Typed};
pub use template::{
    CarouselCard, Component, Frame, FrameButton, Parameter, ParameterValue, ProductSection,
    Template,
};

/// The most characters of a message that a room shows in the inbox.
const PREVIEW_LIMIT: usize = 100;

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Words.
    Text {
        /// The words, as typed.
        text: String,
    },
    /// A picture, a recording, a film, a document or a sticker.
    Media(Media),
    /// A place.
    Location(Location),
    /// People's contact cards.
    Contacts {
        /// One or more.
        cards: Vec<Card>,
    },
    /// Ours: words with something to choose from.
    Interactive(Box<Interactive>),
    /// The customer's: what they chose of it, or of a template's buttons.
    Choice(Choice),
    /// The customer's: a form (WhatsApp: flow) that they filled in.
    FormReply(FormReply),
    /// The customer's: goods that they order.
    Order(CatalogOrder),
    /// Ours: an approved template with its parameters.
    Template(Box<Template>),
    /// Ours: an emoji on a message of the customer's; without one, it is taken back.
    Reaction {
        /// The provider's id of the message that it is on.
        target: String,
        /// The emoji.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// Something that came from the customer and that this version can't show. It is kept as it
    /// came, and shown by its name, so that an agent knows that something was said.
    Unsupported {
        /// The provider's name of its type.
        provider_type: String,
        /// The provider's code for why it can't be shown, if it gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
        /// The provider's words for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Where it lies as it came, in the bucket.
        raw_key: String,
    },
}

/// What a message refers to, and how it came about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The provider's id of the message that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whether it was forwarded from another chat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_forwarded: bool,
    /// Whether it was forwarded many times.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_frequently_forwarded: bool,
    /// The product of a catalogue that the customer asks about, as (catalogue, product).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<(String, String)>,
    /// The advertisement or post that led the customer here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Box<Referral>>,
}

impl Context {
    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The advertisement or post that led a customer here (WhatsApp: click to WhatsApp).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// `ad` or `post`.
    pub source_type: String,
    /// The provider's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Its headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The provider's id of the click, for reporting conversions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<String>,
    /// What it shows: `image` or `video`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Where its film is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    /// Where the small picture of its film is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The words with which the advertisement greets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome_text: Option<String>,
}

impl Content {
    /// The file, if it is one. One that stands above words is among its [`files`](Self::files).
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Media(media) => Some(media),
            Self::Text { .. }
            | Self::Location(_)
            | Self::Contacts { .. }
            | Self::Interactive(_)
            | Self::Choice(_)
            | Self::FormReply(_)
            | Self::Order(_)
            | Self::Template(_)
            | Self::Reaction { .. }
            | Self::Unsupported { .. } => None,
        }
    }

    /// The line that stands for this message in the inbox: at most 100 characters.
    pub fn preview(&self) -> String {
        match self {
            Self::Text { text } => shorten(text),
            Self::Media(media) => match media.caption.as_ref().or(media.filename.as_ref()) {
                Some(words) => shorten(&format!("[{}] {words}", media.kind.name())),
                None => format!("[{}]", media.kind.name()),
            },
            Self::Location(location) => {
                match location.name.as_ref().or(location.address.as_ref()) {
                    Some(words) => shorten(&format!("[location] {words}")),
                    None => "[location]".into(),
                }
            }
            Self::Contacts { cards } => {
                let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
                shorten(&format!("[contacts] {}", names.join(", ")))
            }
            Self::Interactive(interactive) => shorten(&interactive.body),
            Self::Choice(choice) => shorten(&choice.title),
            Self::FormReply(form) => shorten(&format!("[form] {}", form.text)),
            Self::Order(order) => {
                shorten(&format!("[order] {}", order.text.as_deref().unwrap_or_default()))
                    .trim_end()
                    .to_owned()
            }
            Self::Template(template) => shorten(&template.text),
            Self::Reaction { emoji, .. } => emoji.clone().unwrap_or_else(|| "[reaction]".into()),
            Self::Unsupported { provider_type, .. } => shorten(&format!("[{provider_type}]")),
        }
    }

    /// The words in it; empty where there are none.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { text } => text,
            Self::Media(media) => media.caption.as_deref().unwrap_or_default(),
            Self::Interactive(interactive) => &interactive.body,
            Self::Choice(choice) => &choice.title,
            Self::FormReply(form) => &form.text,
            Self::Order(order) => order.text.as_deref().unwrap_or_default(),
            Self::Template(template) => &template.text,
            Self::Reaction { emoji, .. } => emoji.as_deref().unwrap_or_default(),
            Self::Location(_) | Self::Contacts { .. } | Self::Unsupported { .. } => "",
        }
    }

    /// The same with the words of this edit. Of texts, and below files, that is all that can be
    /// edited; a file stays the one that was sent first.
    pub fn reworded(&self, edit: &Self) -> Self {
        match self {
            Self::Text { .. } => Self::Text { text: edit.words().to_owned() },
            Self::Media(media) => {
                let caption = Some(edit.words()).filter(|words| !words.is_empty());
                Self::Media(Media { caption: caption.map(str::to_owned), ..media.clone() })
            }
            Self::Location(_)
            | Self::Contacts { .. }
            | Self::Interactive(_)
            | Self::Choice(_)
            | Self::FormReply(_)
            | Self::Order(_)
            | Self::Template(_)
            | Self::Reaction { .. }
            | Self::Unsupported { .. } => edit.clone(),
        }
    }

    /// The files that it carries, in an order that stays: their places are their names in the API.
    pub fn files(&self) -> Vec<&Media> {
        match self {
            Self::Media(media) => vec![media],
            Self::Interactive(interactive) => match &interactive.header {
                Some(Header::Media(media)) => vec![media],
                Some(Header::Text { .. }) | None => vec![],
            },
            Self::Template(template) => template.files(),
            Self::Text { .. }
            | Self::Location(_)
            | Self::Contacts { .. }
            | Self::Choice(_)
            | Self::FormReply(_)
            | Self::Order(_)
            | Self::Reaction { .. }
            | Self::Unsupported { .. } => vec![],
        }
    }

    /// What lies in the bucket of it: its own objects, and uploads that it shares with others.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        let raw = match self {
            Self::Unsupported { raw_key, .. } => Some(raw_key.as_str()),
            _ => None,
        };
        self.files().into_iter().filter_map(Media::stored_at).chain(raw)
    }

    /// Whether it says something of its own, and does not only lie on another message.
    pub fn is_said(&self) -> bool {
        !matches!(self, Self::Reaction { .. })
    }

    /// The name of its type in the API.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media(media) => media.kind.name(),
            Self::Location(_) => "location",
            Self::Contacts { .. } => "contacts",
            Self::Interactive(_) => "interactive",
            Self::Choice(_) => "choice",
            Self::FormReply(_) => "form_reply",
            Self::Order(_) => "order",
            Self::Template(_) => "template",
            Self::Reaction { .. } => "reaction",
            Self::Unsupported { .. } => "unsupported",
        }
    }
}

fn shorten(text: &str) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    match line.char_indices().nth(PREVIEW_LIMIT) {
        None => line,
        Some(_) => line.chars().take(PREVIEW_LIMIT - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_are_one_line_of_at_most_100_characters() {
        let long = Content::Text { text: "é\n".repeat(80) };
        assert_eq!(long.preview().chars().count(), 100);
        assert!(long.preview().ends_with('…'));
        assert!(!long.preview().contains('\n'));
        assert_eq!(Content::Text { text: "Halo".into() }.preview(), "Halo");
    }

    #[test]
    fn a_preview_says_what_kind_of_thing_came() {
        let media = |caption: Option<&str>| {
            Content::Media(Media {
                kind: MediaKind::Image,
                caption: caption.map(str::to_owned),
                filename: None,
                is_voice: false,
                is_animated: false,
                file: File::Awaited {
                    provider_media_id: "1".into(),
                    mime_type: "image/jpeg".into(),
                    sha256: None,
                    round: 0,
                },
            })
        };
        let place = Location {
            latitude_e7: -62_000_000,
            longitude_e7: 1_068_000_000,
            name: Some("Kedai".into()),
            address: None,
            url: None,
        };
        for (content, preview, name) in [
            (media(None), "[image]", "image"),
            (media(Some("Ini notanya")), "[image] Ini notanya", "image"),
            (Content::Location(place), "[location] Kedai", "location"),
        ] {
            assert_eq!((content.preview().as_str(), content.type_name()), (preview, name));
        }
    }
}
