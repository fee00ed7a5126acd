//! Which files WhatsApp takes, and how large (business-phone-numbers/media, supported media types).

use domain::message::{File, Media, MediaKind};

use super::{maybe, refuse};
use crate::LimitBroken;

/// The most characters below a file (messages/image-messages and its neighbours).
const MAX_CAPTION: usize = 1024;

/// The most characters of a document's name (the send API's reference).
const MAX_FILENAME: usize = 240;

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;

/// The most bytes of a file of this kind.
fn most_bytes(kind: MediaKind, is_animated: bool) -> u64 {
    match kind {
        MediaKind::Image => 5 * MB,
        MediaKind::Audio | MediaKind::Video => 16 * MB,
        MediaKind::Document => 100 * MB,
        MediaKind::Sticker if is_animated => 500 * KB,
        MediaKind::Sticker => 100 * KB,
    }
}

/// The types of file that can be shown as this kind.
fn types(kind: MediaKind) -> &'static [&'static str] {
    match kind {
        MediaKind::Image => &["image/jpeg", "image/png"],
        MediaKind::Audio => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
        MediaKind::Video => &["video/3gpp", "video/mp4"],
        MediaKind::Document => &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ],
        MediaKind::Sticker => &["image/webp"],
    }
}

/// The most bytes of a file of this type, as whatever kind it is sent; nothing if it can't be.
pub fn file_limit(mime_type: &str, is_animated: bool) -> Option<u64> {
    let kinds = [
        MediaKind::Image,
        MediaKind::Audio,
        MediaKind::Video,
        MediaKind::Document,
        MediaKind::Sticker,
    ];
    let kind = kinds.into_iter().find(|kind| types(*kind).contains(&mime_type))?;
    Some(most_bytes(kind, is_animated))
}

/// A message that is a file.
pub(super) fn check(media: &Media) -> Result<(), LimitBroken> {
    let kind = media.kind.name();
    match (media.kind, &media.caption) {
        (MediaKind::Audio | MediaKind::Sticker, Some(_)) => {
            return refuse("caption", format!("A message of type `{kind}` has no caption."));
        }
        (_, caption) => maybe("caption", caption.as_ref(), MAX_CAPTION)?,
    }
    match (media.kind, &media.filename) {
        (MediaKind::Document, filename) => maybe("filename", filename.as_ref(), MAX_FILENAME)?,
        (_, Some(_)) => {
            return refuse("filename", format!("A message of type `{kind}` has no filename."));
        }
        (_, None) => {}
    }
    file("file_id", media)
}

/// A file that stands above the words of an interactive message or a template.
pub(super) fn header(field: &str, media: &Media) -> Result<(), LimitBroken> {
    match media.kind {
        MediaKind::Image | MediaKind::Video | MediaKind::Document => {}
        MediaKind::Audio | MediaKind::Sticker => {
            return refuse(
                format!("{field}.type"),
                "A header is `text`, `image`, `video` or `document`.",
            );
        }
    }
    maybe(&format!("{field}.filename"), media.filename.as_ref(), MAX_FILENAME)?;
    file(&format!("{field}.file_id"), media)
}

fn file(field: &str, media: &Media) -> Result<(), LimitBroken> {
    let File::Stored { mime_type, size, .. } = &media.file else {
        return refuse(field, "This file is not stored.");
    };
    let (kind, most) = (media.kind.name(), most_bytes(media.kind, media.is_animated));
    let plain = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !types(media.kind).contains(&plain.as_str()) {
        let known = types(media.kind).join(", ");
        return refuse(field, format!("A file of type {plain} can't be sent as {kind}: {known}."));
    }
    if !(1..=most).contains(size) {
        return refuse(field, format!("It has {size} bytes; {kind} takes 1 to {most}."));
    }
    Ok(())
}
