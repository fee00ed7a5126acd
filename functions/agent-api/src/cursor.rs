//! Places in lists, as clients hold them.
//!
//! A cursor is the place's key, bound to one list of one organization by a short hash, so that a
//! mistyped, cut or misused one is told apart from an empty page. It is no secret and needs no
//! key: the partition always comes from the caller, so a forged place leads only to another
//! place in the caller's own list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Id, Time};
use platform::problem::Problem;
use sha2::{Digest, Sha256};

const CHECK: usize = 8;

/// The cursor for a place in this list.
pub(crate) fn encode(list: &str, place: &str) -> String {
    let mut bytes = check(list, place).to_vec();
    bytes.extend_from_slice(place.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a cursor of this list names.
pub(crate) fn decode(list: &str, cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (given, place) = bytes.split_at_checked(CHECK).ok_or_else(refused)?;
    let place = std::str::from_utf8(place).map_err(|_| refused())?;
    if given == check(list, place) { Ok(place.to_owned()) } else { Err(refused()) }
}

/// The cursor for a place that is a moment and an id.
pub(crate) fn encode_moment<T>(list: &str, at: Time, id: Id<T>) -> String {
    encode(list, &format!("{}:{id}", at.millis()))
}

/// The moment and id that a cursor of this list names.
pub(crate) fn decode_moment<T>(list: &str, cursor: &str) -> Result<(Time, Id<T>), Problem> {
    let place = decode(list, cursor)?;
    let (at, id) = place.split_once(':').unwrap_or_default();
    match (at.parse(), id.parse()) {
        (Ok(at), Ok(id)) => Ok((Time::from_millis(at), id)),
        _ => Err(refused()),
    }
}

/// The id that a cursor of this list names.
pub(crate) fn decode_id<T>(list: &str, cursor: &str) -> Result<Id<T>, Problem> {
    decode(list, cursor)?.parse().map_err(|_| refused())
}

/// A cursor that is none of the list's.
pub(crate) fn refused() -> Problem {
    Problem::field("cursor", "The cursor is not one that this list gave out.")
}

fn check(list: &str, place: &str) -> [u8; CHECK] {
    let digest = Sha256::digest(format!("{list}\0{place}"));
    let mut check = [0; CHECK];
    check.copy_from_slice(&digest[..CHECK]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_works_in_its_own_list_only_and_only_unchanged() {
        let cursor = encode("o1/rooms", "123#abc");
        assert_eq!(decode("o1/rooms", &cursor).unwrap(), "123#abc");
        assert!(decode("o2/rooms", &cursor).is_err());
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert!(decode("o1/rooms", std::str::from_utf8(&changed).unwrap()).is_err(), "{index}");
        }
        for garbage in ["", "!", "AAAA", &cursor[1..]] {
            assert_eq!(decode("o1/rooms", garbage).unwrap_err().field.as_deref(), Some("cursor"));
        }
    }
}
