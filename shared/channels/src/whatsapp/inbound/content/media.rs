//! Files: only their names. The file itself is fetched with them later, by another function.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::message::{File, Media, MediaKind};
use serde_json::Value;

use crate::whatsapp::{
    inbound::fields::{id, line, text},
    limits::MAX_TEXT_BYTES,
};

/// The most bytes of a type's name; ours.
const MAX_MIME: usize = 128;

pub(super) fn media(kind: &str, told: &Value) -> Option<Media> {
    let is = |key: &str| told.get(key).and_then(Value::as_bool).unwrap_or(false);
    let kind_of = match kind {
        "image" => MediaKind::Image,
        "audio" | "voice" => MediaKind::Audio,
        "video" => MediaKind::Video,
        "sticker" => MediaKind::Sticker,
        _ => MediaKind::Document,
    };
    // A caption beyond all bounds makes it unsupported; one that is empty is none.
    let caption = match told.get("caption").and_then(Value::as_str) {
        None | Some("") => None,
        Some(_) => Some(text(told, "caption", MAX_TEXT_BYTES)?),
    };
    Some(Media {
        kind: kind_of,
        caption,
        filename: line(told, "filename"),
        is_voice: kind == "voice" || is("voice"),
        is_animated: is("animated"),
        file: File::Awaited {
            provider_media_id: id(told, "id")?,
            mime_type: mime_type(told).unwrap_or_else(|| "application/octet-stream".into()),
            sha256: sha256(told),
            round: 0,
        },
    })
}

/// The type as the provider says, with its parameters: `audio/ogg; codecs=opus`.
fn mime_type(told: &Value) -> Option<String> {
    let text = told.get("mime_type")?.as_str()?.trim();
    let sane = (1..=MAX_MIME).contains(&text.len())
        && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    sane.then(|| text.to_owned())
}

/// WhatsApp gives the hash in base64; elsewhere, and with us, it is hex.
fn sha256(told: &Value) -> Option<String> {
    let text = told.get("sha256")?.as_str()?;
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    let bytes = bytes.or_else(|| hex::decode(text).ok().filter(|bytes| bytes.len() == 32))?;
    Some(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hash_is_hex_whatever_it_came_as() {
        let hex = "00".repeat(32);
        for (told, expected) in [
            (STANDARD.encode([0; 32]), Some(hex.clone())),
            (hex.clone(), Some(hex)),
            (STANDARD.encode([0; 31]), None),
            ("?".into(), None),
        ] {
            assert_eq!(sha256(&json!({ "sha256": told })), expected);
        }
    }

    #[test]
    fn a_file_without_its_id_is_not_shown_as_one() {
        assert_eq!(media("image", &json!({"mime_type": "image/jpeg"})), None);
        assert_eq!(media("image", &json!("x")), None);
        let bare = media("audio", &json!({"id": 5, "voice": true, "mime_type": "a\nb"})).unwrap();
        let File::Awaited { provider_media_id, mime_type, .. } = bare.file else { panic!("new") };
        assert_eq!((&*provider_media_id, &*mime_type), ("5", "application/octet-stream"));
        assert!(bare.is_voice);
    }
}
