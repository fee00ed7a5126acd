//! Rows that do not read: named for the log without a word of whose they are.
//!
//! An identity's key holds a number, a key by which a contact is found their name, and what serde says
//! of a value may quote it. None of that belongs into a log.

use serde::de::DeserializeOwned;

use crate::table::{Item, StoreError, Versioned, read};

/// A row that does not read, for this reason.
pub(crate) fn damaged(pk: &str, sk: &str, reason: &str) -> StoreError {
    StoreError::Damaged { row: named(pk, sk), reason: unquoted(reason) }
}

/// A row as the log may name it.
fn named(pk: &str, sk: &str) -> String {
    match pk.split_once("#who#") {
        Some((org, who)) => {
            let integration = who.split('#').next().unwrap_or_default();
            format!("{org}#who#{integration}#… {sk}")
        }
        None if pk.ends_with("#contacts") => format!("{pk} …"),
        None => format!("{pk} {sk}"),
    }
}

/// What was wrong, without the values that serde quotes.
fn unquoted(reason: &str) -> String {
    let parts = reason.split(['"', '`']).enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part } else { "…" }).collect()
}

/// What a row of a list says; nothing, and a line in the log, if it does not read: it must not hide the
/// others.
pub(crate) fn read_or_pass<T: DeserializeOwned>(row: Item) -> Option<Versioned<T>> {
    let pass = |error: &StoreError| tracing::error!(%error, "a row is left out of a list");
    read(row).inspect_err(pass).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named() {
        assert_eq!(named("o#1#who#2#628123", "identity"), "o#1#who#2#… identity");
        assert_eq!(named("o#1#contacts", "a#budi#3"), "o#1#contacts …");
        assert_eq!(named("o#1#room#2", "m#5#6"), "o#1#room#2 m#5#6");
        let reason = "invalid type: string \"628123\", expected `u64` at line 1";
        assert_eq!(unquoted(reason), "invalid type: string …, expected … at line 1");
    }
}
