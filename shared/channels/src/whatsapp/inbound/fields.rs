//! Single facts out of JSON that may be anything.
//!
//! Meta sends ids and times as strings; older samples and other senders of the same format use
//! numbers, so both are taken. What is out of any sane range counts as absent: an id becomes
//! part of a key, and a time decides where a message lies in its room.

use domain::Time;
use serde_json::Value;

use crate::whatsapp::limits::MAX_ID;

/// WhatsApp was founded in 2009: 2009-01-01T00:00Z in seconds.
const EARLIEST: i64 = 1_230_768_000;
/// 2100-01-01T00:00Z in seconds.
const LATEST: i64 = 4_102_444_800;

/// The most bytes of a word.
const MAX_WORD: usize = 64;
/// The most characters of a line that we keep; addresses of advertisements are the longest.
const MAX_LINE: usize = 2048;
/// The most characters of a profile name that we keep.
const MAX_NAME: usize = 256;

/// The one item of a list that has just one.
pub(super) fn only<'a>(object: &'a Value, key: &str) -> Option<&'a Value> {
    match object.get(key)?.as_array()?.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// An id: visible ASCII, as all of Meta's are, or a number.
pub(in crate::whatsapp) fn id(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => {
            let sane = (1..=MAX_ID).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic());
            sane.then(|| text.clone())
        }
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// A name out of the provider's vocabulary, such as a type or an event. Never a person's words:
/// those have spaces, or are not ours to repeat.
pub(in crate::whatsapp) fn word<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    let text = object.get(key)?.as_str()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    ((1..=MAX_WORD).contains(&text.len()) && text.bytes().all(plain)).then_some(text)
}

/// What a person calls themselves, if they do.
pub(in crate::whatsapp) fn name(object: &Value, key: &str) -> Option<String> {
    let name = object.get(key)?.as_str()?.trim();
    (!name.is_empty()).then(|| name.chars().take(MAX_NAME).collect())
}

/// Somebody's words, up to so many bytes; nothing if there are none, or more.
pub(super) fn text(object: &Value, key: &str, most: usize) -> Option<String> {
    let text = object.get(key)?.as_str()?;
    (1..=most).contains(&text.len()).then(|| text.to_owned())
}

/// A line of somebody's: a name, an address. Only its beginning, if it is beyond all bounds.
pub(super) fn line(object: &Value, key: &str) -> Option<String> {
    let line = object.get(key)?.as_str()?.trim();
    (!line.is_empty()).then(|| line.chars().take(MAX_LINE).collect())
}

/// A time in seconds.
pub(super) fn seconds(object: &Value, key: &str) -> Option<Time> {
    from_seconds(integer(object.get(key)?)?)
}

/// A time in seconds or, as entries of some senders have it, in milliseconds.
pub(super) fn seconds_or_millis(object: &Value, key: &str) -> Option<Time> {
    let number = integer(object.get(key)?)?;
    from_seconds(number).or_else(|| from_seconds(number / 1000).map(|_| Time::from_millis(number)))
}

fn from_seconds(seconds: i64) -> Option<Time> {
    (EARLIEST..LATEST).contains(&seconds).then(|| Time::from_millis(seconds * 1000))
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            digits.parse().ok()
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_visible_ascii_or_whole_numbers() {
        for (value, expected) in [
            (json!("wamid.HBgM+/="), Some("wamid.HBgM+/=")),
            (json!(628_123_456_789_u64), Some("628123456789")),
            (json!("ID.17400"), Some("ID.17400")),
            (json!(""), None),
            (json!("a b"), None),
            (json!("a\u{0}"), None),
            (json!("é"), None),
            (json!("x".repeat(MAX_ID + 1)), None),
            (json!(-1), None),
            (json!(1.5), None),
            (json!(null), None),
            (json!(["a"]), None),
        ] {
            assert_eq!(id(&json!({ "id": value }), "id").as_deref(), expected);
        }
    }

    #[test]
    fn times_are_seconds_within_reason() {
        let second = Some(Time::from_millis(1_795_000_000_000));
        for (value, expected) in [
            (json!("1795000000"), second),
            (json!(1_795_000_000), second),
            (json!("1230767999"), None),
            (json!("4102444800"), None),
            (json!("1795000000000"), None),
            (json!("-1795000000"), None),
            (json!("+1795000000"), None),
            (json!(""), None),
            (json!("99999999999999999999"), None),
            (json!(1_795_000_000.5), None),
            (json!(u64::MAX), None),
        ] {
            assert_eq!(seconds(&json!({ "t": value }), "t"), expected, "{value}");
        }
        let entry = json!({ "seconds": 1_795_000_000, "millis": 1_795_000_000_123_i64, "no": 1 });
        assert_eq!(seconds_or_millis(&entry, "seconds"), second);
        let millis = Some(Time::from_millis(1_795_000_000_123));
        assert_eq!(seconds_or_millis(&entry, "millis"), millis);
        assert_eq!(seconds_or_millis(&entry, "no"), None);
    }

    #[test]
    fn words_are_never_sentences() {
        let object = json!({ "a": "DISABLED_UPDATE", "b": "please call me", "c": "", "d": 5 });
        let words: Vec<_> = ["a", "b", "c", "d", "e"].map(|key| word(&object, key)).into();
        assert_eq!(words, [Some("DISABLED_UPDATE"), None, None, None, None]);
    }
}
