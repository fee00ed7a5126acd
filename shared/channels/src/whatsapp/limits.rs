//! What WhatsApp takes and gives, and how much of it we take.
//!
//! Provider limits are checked before we store a message for sending, so that a person hears of
//! them at once. Our own limits are far above anything that was ever seen: they bound the work
//! that one delivery can cause, and keep every id within the keys of the table.

use domain::message::TEXT_LIMIT;

/// The most bytes of a delivery ("up to 3 MB", webhooks overview).
pub const MAX_DELIVERY: usize = 3 * 1024 * 1024;

/// The most elements of a delivery ("a maximum of 1,000 updates", webhooks overview).
pub const MAX_ELEMENTS: usize = 1000;

/// The most bytes of a customer's text that is shown as text; ours: a customer's phone stops at
/// 64 Ki characters, and a row of the table at 400 KB.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most bytes of a provider's id; ours.
pub const MAX_ID: usize = 512;

/// The most characters of `biz_opaque_callback_data` (messages API).
pub const MAX_REFERENCE: usize = 512;

/// Whether WhatsApp takes this as the body of a text message: 1 to 4096 characters.
///
/// Meta says "characters" and not how it counts them. We count code points, as the other limits
/// of this inbox do; if Meta counts UTF-16 units, a text at the edge with emojis is refused by
/// the send with code 100, and shown as failed.
pub fn takes_text(text: &str) -> bool {
    (1..=TEXT_LIMIT).contains(&text.chars().count())
}

/// Whether WhatsApp repeats this reference to us in its reports.
pub fn takes_reference(reference: &str) -> bool {
    (1..=MAX_REFERENCE).contains(&reference.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_counted_in_characters() {
        for (text, taken) in [
            (String::new(), false),
            ("é".to_owned(), true),
            ("é".repeat(4096), true),
            ("😀".repeat(4096), true),
            ("é".repeat(4097), false),
        ] {
            assert_eq!(takes_text(&text), taken, "{} bytes", text.len());
        }
    }

    #[test]
    fn a_reference_is_never_empty_and_at_most_512_characters() {
        assert!(takes_reference(&"r".repeat(512)));
        assert!(!takes_reference(&"r".repeat(513)));
        assert!(!takes_reference(""));
    }
}
