//! What a password must be: the user pool's own policy (infra/template.yaml), asked before the
//! pool is.
//!
//! The pool looks at a new password of an address that it knows, and at nothing of one that it
//! doesn't; whoever asked it first could tell the two apart.

/// The longest password that the pool takes.
pub const PASSWORD_LIMIT: usize = 256;

const LEAST: usize = 12;

/// The password could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "A password has 12 to 256 characters, among them a small and a capital letter of a to z, a digit and a symbol, and no blank at its ends."
)]
pub struct WeakPassword;

/// The symbols that the pool counts as such
/// (docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html).
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

/// Whether a new password is strong enough.
pub fn password(text: &str) -> Result<(), WeakPassword> {
    let length = text.chars().count();
    let has = |what: fn(char) -> bool| text.chars().any(what);
    let is_fine = (LEAST..=PASSWORD_LIMIT).contains(&length)
        && text.trim() == text
        && has(|c| c.is_ascii_lowercase())
        && has(|c| c.is_ascii_uppercase())
        && has(|c| c.is_ascii_digit())
        && has(|c| SYMBOLS.contains(c));
    if is_fine { Ok(()) } else { Err(WeakPassword) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_needs_length_and_four_kinds_of_characters() {
        for good in ["Kopi-Susu-2026", "aA1!aA1!aA1!", &format!("aA1!{}", "x".repeat(252))] {
            assert_eq!(password(good), Ok(()), "{good}");
        }
        for weak in [
            "",
            "aA1!aA1!aA1",
            "kopi-susu-2026",
            "KOPI-SUSU-2026",
            "Kopi-Susu-Enak",
            "KopiSusu20261",
            " Kopi-Susu-2026",
            "Kopi-Susu-2026 ",
            &format!("aA1!{}", "x".repeat(253)),
        ] {
            assert_eq!(password(weak), Err(WeakPassword), "{weak:?}");
        }
    }
}
