//! What a file is, by its first bytes, and whether a browser may show it.
//!
//! The type that a customer or a client declares decides nothing by itself: a page of HTML that
//! calls itself a picture would run as a page. What the bytes say comes first; a declared type
//! counts only where bytes have no signature (plain text) or where two types share one (sound and
//! film in an MP4). All else is `application/octet-stream`, which browsers only save.

/// How many bytes from the beginning are enough to know a type.
pub const HEAD: usize = 8 * 1024;

/// The type of what nobody knows.
pub const UNKNOWN: &str = "application/octet-stream";

/// The type under which a file is kept and served: never one that a browser runs.
pub fn kept_as(declared: &str, head: &[u8]) -> String {
    let declared = essence(declared);
    let kept = match infer::get(head).map(|kind| kind.mime_type()) {
        Some(sniffed)
            if container(sniffed).is_some() && container(sniffed) == container(&declared) =>
        {
            &declared
        }
        Some(sniffed) => sniffed,
        None if has_no_signature(&declared) => &declared,
        None => UNKNOWN,
    };
    if is_active(kept) { UNKNOWN.to_owned() } else { kept.to_owned() }
}

/// Whether a picture moves, by its first bytes. Of those that can be sent that is only WebP, whose
/// extended header has a bit for it (RFC 9649, section 2.7).
pub fn is_animated(head: &[u8]) -> bool {
    const ANIMATION: u8 = 0b10;
    let is_extended = head.starts_with(b"RIFF") && head.get(8..16) == Some(b"WEBPVP8X");
    is_extended && head.get(20).is_some_and(|flags| flags & ANIMATION != 0)
}

/// Whether a browser may show it in place. Everything else is saved: what can hold script (HTML,
/// SVG, XML, and PDF, too) never runs under an address that we gave out.
pub fn is_inline(mime_type: &str) -> bool {
    matches!(
        mime_type,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "image/gif"
            | "audio/aac"
            | "audio/amr"
            | "audio/m4a"
            | "audio/mp4"
            | "audio/mpeg"
            | "audio/ogg"
            | "audio/opus"
            | "video/3gpp"
            | "video/mp4"
    )
}

/// A type without its parameters, in lower case.
pub fn essence(mime_type: &str) -> String {
    mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Types whose first bytes are alike: only the declaration tells sound from film, and an old
/// office file from another.
fn container(mime_type: &str) -> Option<&'static str> {
    match mime_type {
        "video/mp4" | "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "video/3gpp" | "audio/3gpp"
        | "video/x-m4v" | "video/quicktime" => Some("mp4"),
        "audio/ogg" | "audio/opus" => Some("ogg"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        | "application/zip" => Some("zip"),
        "application/msword"
        | "application/vnd.ms-excel"
        | "application/vnd.ms-powerpoint"
        | "application/x-ole-storage" => Some("ole"),
        _ => None,
    }
}

/// Harmless types that no signature tells.
fn has_no_signature(mime_type: &str) -> bool {
    matches!(
        mime_type,
        "text/plain"
            | "text/csv"
            | "text/vcard"
            | "text/x-vcard"
            | "text/calendar"
            | "application/json"
            | "application/msword"
            | "application/vnd.ms-excel"
            | "application/vnd.ms-powerpoint"
    )
}

/// Types that browsers or desktops run.
fn is_active(mime_type: &str) -> bool {
    mime_type.contains("html")
        || mime_type.contains("xml") && !mime_type.contains("openxmlformats")
        || mime_type.contains("script")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is_and_not_its_sender() {
        let jpeg: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";
        let mp4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
        let ogg: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead";
        for (declared, bytes, kept) in [
            ("image/jpeg", jpeg, "image/jpeg"),
            ("text/html", jpeg, "image/jpeg"),
            ("image/png", jpeg, "image/jpeg"),
            ("image/jpeg", b"<!DOCTYPE html><script>alert(1)</script>", UNKNOWN),
            ("text/html", b"<html >", UNKNOWN),
            ("text/html", b"hello", UNKNOWN),
            ("image/svg+xml", b"<svg onload=alert(1)>", UNKNOWN),
            ("image/svg+xml", b"<?xml version='1.0'?><svg/>", UNKNOWN),
            ("application/xhtml+xml", b"hello", UNKNOWN),
            ("text/javascript", b"alert(1)", UNKNOWN),
            ("image/jpeg", b"hello", UNKNOWN),
            ("text/plain; charset=utf-8", b"hello", "text/plain"),
            ("TEXT/CSV", b"a,b", "text/csv"),
            ("application/pdf", b"%PDF-1.7", "application/pdf"),
            ("application/pdf", b"not one", UNKNOWN),
            ("audio/mp4", mp4, "audio/mp4"),
            ("video/mp4", mp4, "video/mp4"),
            ("image/jpeg", mp4, "video/mp4"),
            ("audio/ogg; codecs=opus", ogg, "audio/ogg"),
            ("", b"", UNKNOWN),
            ("x", b"\0", UNKNOWN),
        ] {
            assert_eq!(kept_as(declared, bytes), kept, "{declared} {bytes:?}");
        }
    }

    #[test]
    fn a_sticker_says_whether_it_moves() {
        let webp =
            |kind: &[u8], flags| [b"RIFF\x10\0\0\0WEBP", kind, b"\x0a\0\0\0", &[flags]].concat();
        assert!(is_animated(&webp(b"VP8X", 0b0001_0010)));
        assert!(!is_animated(&webp(b"VP8X", 0b0001_0000)));
        assert!(!is_animated(&webp(b"VP8 ", 0b10)));
        assert!(!is_animated(b"RIFF\x10\0\0\0WEBPVP8X") && !is_animated(b""));
        assert_eq!(kept_as("image/webp", &webp(b"VP8X", 2)), "image/webp");
    }

    #[test]
    fn what_can_run_is_never_shown_in_place() {
        for mime_type in ["text/html", "image/svg+xml", "application/pdf", "text/plain", UNKNOWN] {
            assert!(!is_inline(mime_type), "{mime_type}");
        }
        assert!(is_inline("image/jpeg") && is_inline("audio/ogg"));
    }
}
