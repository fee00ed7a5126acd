//! What WhatsApp takes and gives, and how much of it we take.
//!
//! Provider limits are checked before we store a message for sending, so that a person hears of
//! them at once. Our own limits are far above anything that was ever seen: they bound the work
//! that one delivery can cause, and keep every id within the keys of the table.

/// The most bytes of a delivery ("up to 3 MB", webhooks overview).
pub const MAX_DELIVERY: usize = 3 * 1024 * 1024;

/// The most elements of a delivery ("a maximum of 1,000 updates", webhooks overview).
pub const MAX_ELEMENTS: usize = 4000;

/// The most bytes of a customer's text that is shown as text; ours: a customer's phone stops at
/// 64 Ki characters, and a row of the table at 400 KB.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most bytes of a provider's id; ours.
pub const MAX_ID: usize = 512;

/// The most characters of `biz_opaque_callback_data` (messages API).
pub const MAX_REFERENCE: usize = 512;

/// Whether WhatsApp repeats this reference to us in its reports.
pub fn takes_reference(reference: &str) -> bool {
    (1..=MAX_REFERENCE).contains(&reference.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_never_empty_and_at_most_512_characters() {
        assert!(takes_reference(&"r".repeat(512)));
        assert!(!takes_reference(&"r".repeat(513)));
        assert!(!takes_reference(""));
    }
}
