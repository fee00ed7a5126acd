//! What somebody wrote, by the type that the provider gives it
//! (`webhooks/reference/messages/*`; echoes have the same forms).
//!
//! A type that we know in a form that we don't, or with a part that is beyond all bounds, is
//! unsupported like one that we don't know: kept as it came, and shown by its name.

mod interactive;
mod media;
mod order;
mod place;

use domain::message::{Choice, Content};
use serde_json::Value;

use super::fields::{line, text, word};
use crate::{
    Body,
    whatsapp::{errors::code_and_reason, limits::MAX_TEXT_BYTES},
};

/// What an item of this type says.
pub(super) fn body(kind: &str, item: &Value) -> Body {
    match content(kind, item) {
        Some(content) => Body::Content(content),
        None => unsupported(kind, item),
    }
}

/// What an item of this type says, if we can show it.
pub(super) fn content(kind: &str, item: &Value) -> Option<Content> {
    let told = item.get(kind)?;
    match kind {
        "text" => Some(Content::Text { text: text(told, "body", MAX_TEXT_BYTES)? }),
        "image" | "audio" | "voice" | "video" | "document" | "sticker" => {
            media::media(kind, told).map(Content::Media)
        }
        "location" => place::location(told).map(Content::Location),
        "contacts" => place::shared_cards(item).map(|cards| Content::Contacts { cards }),
        "interactive" => interactive::reply(told),
        "button" => {
            let title = line(told, "text")?;
            let id = text(told, "payload", MAX_TEXT_BYTES).unwrap_or_else(|| title.clone());
            Some(Content::Choice(Choice { id, title, description: None }))
        }
        "order" => order::order(told).map(Content::Order),
        _ => None,
    }
}

/// What is only shown by its name; with the name and reason that WhatsApp gives for what it
/// can't show itself (`webhooks/reference/messages/unsupported`).
fn unsupported(kind: &str, item: &Value) -> Body {
    let inner = item.get("unsupported").and_then(|told| word(told, "type"));
    let error = item.pointer("/errors/0").and_then(code_and_reason);
    let (code, reason) = error.map_or((None, None), |(code, reason)| (Some(code), reason));
    Body::Unsupported { provider_type: inner.unwrap_or(kind).to_owned(), code, reason }
}
