//! What is said about a message that was said before: reactions, edits, deletions.
//!
//! These name their target by the provider's id and don't say when it was said, so they can't be
//! written into its row. They lie beside the messages, one row per target, and are merged when
//! the history is read. They come late, twice and in any order, also before their target. Of each
//! kind and each side the latest counts, by the provider's time and, within one second, by the
//! provider's id: whoever applies them in whatever order ends with the same.
//!
//! A reaction that was taken back stays as one without an emoji: an older one that comes late must
//! not bring it back.

use serde::{Deserialize, Serialize};

use super::{Content, Message};
use crate::{Id, Time, integration::Integration};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The customer.
    Customer,
    /// One of ours.
    Business,
}

/// One reaction, edit or deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The provider's id of the message that it is about.
    pub target: String,
    /// Who did it.
    pub by: Side,
    /// When, by the provider's clock.
    pub at: Time,
    /// The provider's id of itself.
    pub provider_id: String,
    /// What it is.
    pub change: Annotated,
}

/// What is done to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Annotated {
    /// An emoji on it; without one, it is taken back.
    Reaction(Option<String>),
    /// Other words for it.
    Edit(Box<Content>),
    /// It is deleted.
    Revoke,
}

impl Annotation {
    /// What it is, and when, as it is kept.
    pub fn noted<T>(&self, what: T) -> Noted<T> {
        Noted {
            at: self.at,
            order: format!("{:013}#{}", self.at.millis(), self.provider_id),
            external_id: self.provider_id.clone(),
            what,
        }
    }
}

/// What was done last, of one kind and side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted<T> {
    /// When, by the provider's clock.
    pub at: Time,
    /// What is later counts: sorts as text.
    pub order: String,
    /// The provider's id of it.
    pub external_id: String,
    /// What it is.
    pub what: T,
}

/// A reaction: the emoji, or that it was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// That a message was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {}

/// All that was done to one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// The provider's id of the message.
    pub target: String,
    /// The customer's reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_reaction: Option<Noted<Reaction>>,
    /// Our reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_reaction: Option<Noted<Reaction>>,
    /// The customer's other words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_edit: Option<Noted<Content>>,
    /// Our other words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_edit: Option<Noted<Content>>,
    /// That the customer deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_revoke: Option<Noted<Revoked>>,
    /// That one of ours deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_revoke: Option<Noted<Revoked>>,
    /// When it has had its time; nothing, if it is kept for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Counts the changes from 1 on: of two states, the higher is the newer. The store writes it,
    /// with every change.
    #[serde(default, rename = "v", skip_serializing)]
    pub version: u64,
}

/// What an author made of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByAuthor<'a> {
    /// Other words for it.
    pub edit: Option<&'a Noted<Content>>,
    /// That it was deleted.
    pub revoke: Option<&'a Noted<Revoked>>,
}

impl Annotations {
    /// What counts if this side is the message's author: WhatsApp lets nobody change another's
    /// words.
    pub fn by_author(&self, side: Side) -> ByAuthor<'_> {
        let (edit, revoke) = match side {
            Side::Customer => (&self.customer_edit, &self.customer_revoke),
            Side::Business => (&self.business_edit, &self.business_revoke),
        };
        ByAuthor { edit: edit.as_ref(), revoke: revoke.as_ref() }
    }

    /// The words that this side, if it is the message's author, wants the inbox to show.
    pub fn words(&self, side: Side) -> Option<String> {
        let by_author = self.by_author(side);
        let edited = || by_author.edit.map(|noted| noted.what.preview());
        by_author.revoke.map(|_| DELETED.to_owned()).or_else(edited)
    }

    /// The emojis on it, and whose they are.
    pub fn reactions(&self) -> Vec<(Side, &str)> {
        let sides =
            [(Side::Customer, &self.customer_reaction), (Side::Business, &self.business_reaction)];
        sides
            .into_iter()
            .filter_map(|(side, noted)| Some((side, noted.as_ref()?.what.emoji.as_deref()?)))
            .collect()
    }
}

/// The id by which a message of this account, either way, is known to what is said about it.
pub fn annotated_id(integration: Id<Integration>, provider_id: &str) -> Id<Annotations> {
    Id::derived(&["annotated", &integration.to_string(), provider_id])
}

/// The id of a message that came from the provider, either way: what it is written under follows
/// from the provider's own.
pub fn message_id(integration: Id<Integration>, provider_id: &str) -> Id<Message> {
    Id::derived(&["message", &integration.to_string(), provider_id])
}

/// A message as it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The message as it was said.
    pub message: Message,
    /// What was said about it.
    pub annotations: Option<Annotations>,
}

impl Shown {
    fn by_author(&self) -> Option<ByAuthor<'_>> {
        Some(self.annotations.as_ref()?.by_author(self.message.direction.side()))
    }

    /// When its author deleted it.
    pub fn deleted_at(&self) -> Option<Time> {
        self.by_author()?.revoke.map(|noted| noted.at)
    }

    /// What its author made of it, and when. Words take the place of words: a file stays the one
    /// that was sent first.
    pub fn edited(&self) -> Option<(Content, Time)> {
        let edit = self.by_author()?.edit?;
        Some((self.message.content.reworded(&edit.what), edit.at))
    }

    /// The emojis on it, and whose they are.
    pub fn reactions(&self) -> Vec<(Side, &str)> {
        self.annotations.as_ref().map(Annotations::reactions).unwrap_or_default()
    }

    /// The words by which the inbox shows it.
    pub fn preview(&self) -> String {
        match (self.deleted_at(), self.edited()) {
            (Some(_), _) => DELETED.to_owned(),
            (None, Some((content, _))) => content.preview(),
            (None, None) => self.message.content.preview(),
        }
    }
}

/// What the inbox shows of a message that was deleted.
pub const DELETED: &str = "[deleted]";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Context, Direction, File, Media, MediaKind, Receipt};

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn annotation(second: i64, id: &str, change: Annotated) -> Annotation {
        let (target, provider_id) = ("wamid.T".into(), id.into());
        Annotation { target, by: Side::Customer, at: at(second), provider_id, change }
    }

    fn text(words: &str) -> Content {
        Content::Text { text: words.into() }
    }

    fn photo(caption: &str, media: &str) -> Content {
        Content::Media(Media {
            kind: MediaKind::Image,
            caption: Some(caption.into()),
            filename: None,
            is_voice: false,
            is_animated: false,
            file: File::Awaited {
                provider_media_id: media.into(),
                mime_type: "image/jpeg".into(),
                sha256: None,
                round: 0,
            },
        })
    }

    fn shown(content: Content, change: impl FnOnce(&mut Annotations)) -> Shown {
        let mut annotations = Annotations {
            target: "wamid.T".into(),
            customer_reaction: None,
            business_reaction: None,
            customer_edit: None,
            business_edit: None,
            customer_revoke: None,
            business_revoke: None,
            expires_at: None,
            version: 1,
        };
        change(&mut annotations);
        let id = Id::derived(&["T"]);
        let message = Message {
            id,
            room_id: Id::derived(&["room"]),
            integration_id: Id::derived(&["integration"]),
            at: at(1),
            content,
            context: Context::default(),
            provider_id: Some("wamid.T".into()),
            trace: None,
            expires_at: None,
            version: 1,
            direction: Direction::Inbound { received: Receipt { at: at(2), message_id: id } },
        };
        Shown { message, annotations: Some(annotations) }
    }

    #[test]
    fn what_is_later_sorts_later() {
        let order = |second, id| annotation(second, id, Annotated::Revoke).noted(()).order;
        assert!(order(9, "z") < order(10, "a"));
        assert!(order(9, "a") < order(9, "b"));
    }

    #[test]
    fn only_the_author_changes_or_deletes_a_message() {
        let edit = annotation(5, "e", Annotated::Revoke);
        let of_another = shown(text("Halo"), |all| {
            all.business_edit = Some(edit.noted(text("Hai")));
            all.business_revoke = Some(edit.noted(Revoked {}));
        });
        assert_eq!((of_another.edited(), of_another.deleted_at()), (None, None));
        let own = shown(text("Halo"), |all| {
            all.customer_edit = Some(edit.noted(text("Hai")));
            all.customer_revoke = Some(edit.noted(Revoked {}));
        });
        assert_eq!(own.edited(), Some((text("Hai"), at(5))));
        assert_eq!(own.deleted_at(), Some(at(5)));
    }

    #[test]
    fn an_edited_caption_leaves_the_file() {
        let edit = annotation(5, "e", Annotated::Revoke);
        let edited = shown(photo("Lama", "1"), |all| {
            all.customer_edit = Some(edit.noted(photo("Baru", "2")));
        });
        assert_eq!(edited.edited(), Some((photo("Baru", "1"), at(5))));
    }

    #[test]
    fn a_reaction_that_was_taken_back_shows_no_more() {
        let note = annotation(5, "r", Annotated::Reaction(None));
        let reaction = |emoji: Option<&str>| note.noted(Reaction { emoji: emoji.map(Into::into) });
        let both = shown(text("Halo"), |all| {
            all.customer_reaction = Some(reaction(None));
            all.business_reaction = Some(reaction(Some("👍")));
        });
        assert_eq!(both.reactions(), [(Side::Business, "👍")]);
    }
}
