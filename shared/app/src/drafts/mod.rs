//! What clients send: the body of a message, and how it becomes what is stored.
//!
//! Beside [`crate::views`], and apart from the domain's types for the same reason. A body names
//! files and messages by our ids; [`NewMessage::content`] puts in their place what a channel needs.
//! Shape is checked here (which fields belong to which type), what a provider takes is checked by
//! its `limits`. Every refusal names its field by its path: `interactive.buttons[1].title`.

mod card;
mod interactive;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use domain::message::{Content, File, Media, MediaKind};
use platform::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use card::{NewCard, NewLocation};
pub use interactive::{
    HeaderType, NewButton, NewCatalog, NewFlow, NewHeader, NewInteractive, NewLink, NewList,
    NewProduct, NewProductList, NewRow, NewSection,
};
pub use template::{
    ButtonSubType, CardComponentType, ComponentType, NewCardComponent, NewCarouselCard,
    NewComponent, NewParameter, NewProductSection, NewTemplate, ParameterType,
};

/// A message to the customer.
///
/// `type` says which of the fields belong to it; any other is refused.
///
/// | type | fields |
/// |---|---|
/// | `text` | `text` |
/// | `image`, `video` | `file_id`, `caption` |
/// | `document` | `file_id`, `caption`, `filename` |
/// | `audio`, `sticker` | `file_id` |
/// | `location` | `location` |
/// | `contacts` | `contacts` |
/// | `interactive` | `interactive` |
/// | `reaction` | `reaction` |
/// | `template` | `template` |
///
/// All but `reaction` and `template` also take `reply_to`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "Halo" }))]
pub struct NewMessage {
    /// What kind of message it is; `text` if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<MessageType>,
    /// The words: 1 to 4,096 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 4096)]
    pub text: Option<String>,
    /// A file that was uploaded. WhatsApp takes: pictures (JPEG, PNG) up to 5 MB, recordings (AAC,
    /// AMR, MP3, MP4, Ogg with Opus) and films (MP4, 3GP) up to 16 MB, documents (text, PDF, Word,
    /// Excel, PowerPoint) up to 100 MB, stickers (WebP) up to 500 KB, or 100 KB if they don't move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub file_id: Option<String>,
    /// The words below a picture, a film or a document: up to 1,024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    pub caption: Option<String>,
    /// What a document is called: up to 240 characters; if it is not given, as it was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 240)]
    pub filename: Option<String>,
    /// A place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<NewLocation>,
    /// 1 to 257 contact cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 257)]
    pub contacts: Option<Vec<NewCard>>,
    /// Words with something to choose from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactive: Option<NewInteractive>,
    /// An emoji on a message of this room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<NewReaction>,
    /// An approved template with its parameters: the one type that may be sent outside the reply
    /// window and into a resolved room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<NewTemplate>,
    /// The id of the message of this room that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub reply_to: Option<String>,
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Words.
    Text,
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
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// Buttons, a list, a link, the question where the customer is, a form, or products.
    Interactive,
    /// An emoji on another message.
    Reaction,
    /// An approved template.
    Template,
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReaction {
    /// The id of the message, of this room.
    #[schema(format = "uuid")]
    pub message_id: String,
    /// One emoji; null takes the reaction back.
    #[serde(default)]
    pub emoji: Option<String>,
}

/// The most cards whose files are looked up: what one message can cost; as many as WhatsApp takes.
const MAX_CARDS: usize = 10;

/// The files that a body names, by the id as it was written; what is not there does not exist.
pub type Files = BTreeMap<String, Upload>;

/// A file as a message needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where it is.
    pub file: File,
    /// The name that it was uploaded under.
    pub filename: Option<String>,
    /// Whether it is a picture that moves.
    pub is_animated: bool,
}

impl NewMessage {
    /// Words, the most usual message.
    pub fn text(text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::default() }
    }

    /// What kind of message it is.
    pub fn kind(&self) -> MessageType {
        self.r#type.unwrap_or(MessageType::Text)
    }

    /// The ids of the files that it names. A message carries one, and each card of a template one.
    pub fn file_ids(&self) -> Result<BTreeSet<&str>, Problem> {
        let header = self.interactive.as_ref().and_then(|content| content.header.as_ref());
        let header = header.and_then(|header| header.file_id.as_deref());
        let mut ids: BTreeSet<_> = self.file_id.as_deref().into_iter().chain(header).collect();
        let mut in_cards = BTreeSet::new();
        for component in self.template.iter().flat_map(|template| &template.components) {
            let (beside, cards) = component.file_ids();
            ids.extend(beside);
            if cards.iter().any(|card| card.len() > 1) || cards.len() > MAX_CARDS {
                let detail = "A card carries one file, and there are up to 10 cards.";
                return Err(Problem::field("template.components", detail));
            }
            in_cards.extend(cards.into_iter().flatten());
        }
        if ids.len() > 1 || in_cards.len() > MAX_CARDS {
            return Err(Problem::field("template.components", "A message carries one file."));
        }
        ids.append(&mut in_cards);
        Ok(ids)
    }

    /// Refuses fields that do not belong to the type, and misses those that do.
    pub fn check_shape(&self) -> Result<(), Problem> {
        let kind = self.kind();
        let own: &[&str] = match kind {
            MessageType::Text => &["text", "reply_to"],
            MessageType::Image | MessageType::Video => &["file_id", "caption", "reply_to"],
            MessageType::Document => &["file_id", "caption", "filename", "reply_to"],
            MessageType::Audio | MessageType::Sticker => &["file_id", "reply_to"],
            MessageType::Location => &["location", "reply_to"],
            MessageType::Contacts => &["contacts", "reply_to"],
            MessageType::Interactive => &["interactive", "reply_to"],
            MessageType::Reaction => &["reaction"],
            MessageType::Template => &["template"],
        };
        let given = [
            ("text", self.text.is_some()),
            ("file_id", self.file_id.is_some()),
            ("caption", self.caption.is_some()),
            ("filename", self.filename.is_some()),
            ("location", self.location.is_some()),
            ("contacts", self.contacts.is_some()),
            ("interactive", self.interactive.is_some()),
            ("reaction", self.reaction.is_some()),
            ("template", self.template.is_some()),
            ("reply_to", self.reply_to.is_some()),
        ];
        // Its first field is the one that every message of the type has.
        for (name, is_given) in given {
            if own.first() == Some(&name) && !is_given {
                return Err(missing(name));
            }
        }
        match given.into_iter().find(|(name, is_given)| *is_given && !own.contains(name)) {
            Some((name, _)) => {
                let detail = format!("A message of this type has only: {}.", own.join(", "));
                Err(Problem::field(name, detail))
            }
            None => Ok(()),
        }
    }

    /// What is stored. `target` is the provider's id of the message that a reaction is on. A
    /// template's words are filled in later, when the template is known.
    pub fn content(&self, files: &Files, target: Option<String>) -> Result<Content, Problem> {
        Ok(match self.kind() {
            MessageType::Text => Content::Text { text: given("text", self.text.as_ref())?.clone() },
            MessageType::Image => self.media(MediaKind::Image, files)?,
            MessageType::Audio => self.media(MediaKind::Audio, files)?,
            MessageType::Video => self.media(MediaKind::Video, files)?,
            MessageType::Document => self.media(MediaKind::Document, files)?,
            MessageType::Sticker => self.media(MediaKind::Sticker, files)?,
            MessageType::Location => {
                Content::Location(given("location", self.location.as_ref())?.read("location")?)
            }
            MessageType::Contacts => {
                let cards = given("contacts", self.contacts.as_ref())?;
                Content::Contacts { cards: cards.iter().map(NewCard::read).collect() }
            }
            MessageType::Interactive => {
                let content = given("interactive", self.interactive.as_ref())?;
                Content::Interactive(Box::new(content.read(files)?))
            }
            MessageType::Reaction => {
                let reaction = given("reaction", self.reaction.as_ref())?;
                let target = target.ok_or_else(|| missing("reaction.message_id"))?;
                Content::Reaction { target, emoji: reaction.emoji.clone() }
            }
            MessageType::Template => {
                let template = given("template", self.template.as_ref())?;
                Content::Template(Box::new(template.read(files)?))
            }
        })
    }

    fn media(&self, kind: MediaKind, files: &Files) -> Result<Content, Problem> {
        let mut media = media("file_id", kind, self.file_id.as_ref(), files)?;
        media.caption.clone_from(&self.caption);
        if let Some(filename) = &self.filename {
            media.filename = Some(filename.clone());
        }
        Ok(Content::Media(media))
    }
}

/// A file under its id. Only a document keeps its name: no other kind shows one.
fn media(
    field: &str,
    kind: MediaKind,
    id: Option<&String>,
    files: &Files,
) -> Result<Media, Problem> {
    let id = given(field, id)?;
    let upload = files.get(id).ok_or_else(|| Problem::field(field, "There is no such file."))?;
    let filename = match kind {
        MediaKind::Document => upload.filename.clone(),
        MediaKind::Image | MediaKind::Audio | MediaKind::Video | MediaKind::Sticker => None,
    };
    Ok(Media {
        kind,
        caption: None,
        filename,
        is_voice: false,
        is_animated: kind == MediaKind::Sticker && upload.is_animated,
        file: upload.file.clone(),
    })
}

fn missing(field: &str) -> Problem {
    Problem::field(field, "This field is missing.")
}

/// What must be there.
fn given<'a, T>(field: &str, value: Option<&'a T>) -> Result<&'a T, Problem> {
    value.ok_or_else(|| missing(field))
}

/// Refuses what belongs to another type.
fn absent<T>(field: &str, value: Option<&T>) -> Result<(), Problem> {
    match value {
        None => Ok(()),
        Some(_) => Err(Problem::field(field, "This field belongs to another type.")),
    }
}

#[cfg(test)]
mod tests;
