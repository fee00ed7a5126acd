//! Files, places, address cards and reactions.

use serde_json::Value;

use super::{Checked, Known, optional, required};
use crate::graph::answer::Refusal;
use crate::graph::media::MediaKind;

/// The longest words below a file, in characters (messages/image-messages).
const MAX_CAPTION: usize = 1024;
/// The most cards in a message (messages/contacts-messages).
const MAX_CONTACTS: usize = 257;

/// A file by `id` or by `link` (messages/image-messages and its neighbours).
pub(super) fn file(kind: &str, object: &Value, known: &Known<'_>) -> Result<Checked, Refusal> {
    asset(kind, object, known)?;
    let caption = match kind {
        "image" | "video" | "document" => optional(object, kind, "caption", MAX_CAPTION)?,
        _ if object.get("caption").is_some() => {
            return Err(Refusal::invalid_value(format!("Unexpected key \"caption\" on {kind}.")));
        }
        _ => None,
    };
    if kind == "document" {
        optional(object, kind, "filename", 240)?;
    }
    Ok(Checked::reads(caption.unwrap_or_default()))
}

/// The file itself: one that was uploaded and fits, or an address that the provider fetches.
pub(in crate::graph) fn asset(
    kind: &str,
    object: &Value,
    known: &Known<'_>,
) -> Result<(), Refusal> {
    match (object.get("id"), object.get("link")) {
        (Some(_), None) => {
            let id = required(object, kind, "id")?;
            let mime_type = known.shelf.mime_type(known.now_ms, id).ok_or_else(|| {
                Refusal::invalid_value(format!("Param {kind}['id'] is not a valid media id."))
            })?;
            let fits = MediaKind::ALL
                .into_iter()
                .any(|other| other.name() == kind && other.takes(mime_type));
            if !fits {
                return Err(Refusal::invalid_value(format!(
                    "Media of type '{mime_type}' cannot be sent as {kind}."
                )));
            }
            Ok(())
        }
        (None, Some(_)) => {
            let link = required(object, kind, "link")?;
            let is_web = link.starts_with("https://") || link.starts_with("http://");
            if is_web && link.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some()) {
                Ok(())
            } else {
                Err(Refusal::invalid_value(format!("Param {kind}['link'] is not a valid URL.")))
            }
        }
        (None, None) => Err(Refusal::missing(&format!("{kind}['id'] or {kind}['link']"))),
        (Some(_), Some(_)) => {
            Err(Refusal::invalid_value(format!("{kind} takes either id or link, not both.")))
        }
    }
}

/// messages/location-messages.
pub(super) fn location(object: &Value) -> Result<Checked, Refusal> {
    for (field, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = match object.get(field) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
            None => return Err(Refusal::missing(&format!("location['{field}']"))),
        };
        if !degrees.is_some_and(|degrees: f64| degrees.abs() <= limit) {
            return Err(Refusal::invalid_value(format!(
                "Param location['{field}'] must be between -{limit} and {limit}."
            )));
        }
    }
    let name = optional(object, "location", "name", 1000)?;
    optional(object, "location", "address", 1000)?;
    Ok(Checked::reads(name.unwrap_or_default()))
}

/// messages/contacts-messages.
pub(super) fn contacts(object: &Value) -> Result<Checked, Refusal> {
    let cards = object.as_array().filter(|cards| !cards.is_empty());
    let cards = cards.ok_or_else(|| Refusal::missing("contacts"))?;
    if cards.len() > MAX_CONTACTS {
        return Err(Refusal::invalid_value(format!(
            "contacts takes at most {MAX_CONTACTS} elements."
        )));
    }
    let mut names = Vec::new();
    for card in cards {
        let name = &card["name"];
        names.push(required(name, "contacts['name']", "formatted_name")?);
        let others = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if others.iter().all(|field| name.get(field).is_none()) {
            return Err(Refusal::missing("contacts['name']['first_name']"));
        }
    }
    Ok(Checked::reads(names.join(", ")))
}

/// messages/reaction-messages: an empty emoji takes the reaction back.
pub(super) fn reaction(object: &Value) -> Result<Checked, Refusal> {
    required(object, "reaction", "message_id")?;
    match object.get("emoji") {
        Some(Value::String(emoji)) if emoji.chars().count() <= 16 => {
            Ok(Checked::reads(emoji.as_str()))
        }
        Some(_) => Err(Refusal::invalid_value("Param reaction['emoji'] must be one emoji.")),
        None => Err(Refusal::missing("reaction['emoji']")),
    }
}
