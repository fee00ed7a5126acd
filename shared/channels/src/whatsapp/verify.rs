//! Is this call Meta's?
//!
//! A subscription is confirmed by repeating a challenge to whoever knows our verify token, and
//! each delivery is signed with the app's secret. Both secrets are compared in constant time.
//! The verify token is stored only as its SHA-256, so the check compares digests. A refusal
//! says what was wrong and never what was expected.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The header that carries the signature of a delivery.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// The most bytes of a challenge that we repeat. Meta's are numbers of about ten digits.
const MAX_CHALLENGE: usize = 1024;

/// The call is not genuine, or can't be shown to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// `hub.mode` is not `subscribe`.
    #[error("hub.mode is not subscribe")]
    Mode,
    /// `hub.verify_token` is missing or not ours.
    #[error("hub.verify_token is missing or wrong")]
    Token,
    /// `hub.challenge` is missing, empty or longer than any that Meta sends.
    #[error("hub.challenge is missing or too long")]
    Challenge,
    /// There is no app secret to check a signature with.
    #[error("no app secret is configured")]
    NoSecret,
    /// `X-Hub-Signature-256` is missing.
    #[error("X-Hub-Signature-256 is missing")]
    Unsigned,
    /// `X-Hub-Signature-256` is not `sha256=` and 64 lower-case hex digits.
    #[error("X-Hub-Signature-256 is not sha256= and 64 hex digits")]
    Malformed,
    /// The signature is another one's, or of another body.
    #[error("the signature does not match the body")]
    Mismatch,
}

/// Answers Meta's `GET` that confirms a subscription: the text to respond with, as it is.
///
/// `query` are the decoded pairs of the query string; of a repeated name the first counts.
/// `check` says whether a verify token is ours, see [`is_token`].
pub fn challenge<'a>(
    query: impl IntoIterator<Item = (&'a str, &'a str)>,
    check: impl Fn(&str) -> bool,
) -> Result<String, Refused> {
    let (mut mode, mut token, mut challenge) = (None, None, None);
    for (name, value) in query {
        let slot = match name {
            "hub.mode" => &mut mode,
            "hub.verify_token" => &mut token,
            "hub.challenge" => &mut challenge,
            _ => continue,
        };
        slot.get_or_insert(value);
    }
    if mode != Some("subscribe") {
        return Err(Refused::Mode);
    }
    if !token.is_some_and(check) {
        return Err(Refused::Token);
    }
    match challenge {
        Some(text) if (1..=MAX_CHALLENGE).contains(&text.len()) => Ok(text.to_owned()),
        Some(_) | None => Err(Refused::Challenge),
    }
}

/// The SHA-256 of a verify token in lower-case hex: what is stored of it.
pub fn token_sha256(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Whether this is the token whose [`token_sha256`] is stored; an empty one never is.
pub fn is_token(token: &str, stored_sha256: &str) -> bool {
    let given = token_sha256(token);
    !token.is_empty() && bool::from(given.as_bytes().ct_eq(stored_sha256.as_bytes()))
}

/// Checks the signature of a delivery: HMAC-SHA256 with the app secret over the bytes exactly as
/// they came, before anything parses them.
pub fn signature(app_secret: &[u8], header: Option<&str>, body: &[u8]) -> Result<(), Refused> {
    // HMAC works with an empty key, and then everyone can sign.
    if app_secret.is_empty() {
        return Err(Refused::NoSecret);
    }
    let digits = header.ok_or(Refused::Unsigned)?.strip_prefix("sha256=");
    let digits = digits.ok_or(Refused::Malformed)?;
    // One spelling for one signature: hex::decode alone would also take upper case.
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(Refused::Malformed);
    }
    let mut claimed = [0; 32];
    hex::decode_to_slice(digits, &mut claimed).map_err(|_| Refused::Malformed)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret).map_err(|_| Refused::NoSecret)?;
    mac.update(body);
    mac.verify_slice(&claimed).map_err(|_| Refused::Mismatch)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sign(secret: &[u8], body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    const QUERY: [(&str, &str); 3] =
        [("hub.mode", "subscribe"), ("hub.verify_token", "kopi"), ("hub.challenge", "1158201444")];

    #[test]
    fn the_challenge_is_repeated_to_whoever_knows_the_token() {
        let stored = token_sha256("kopi");
        let check = |token: &str| is_token(token, &stored);
        assert_eq!(challenge(QUERY, check).as_deref(), Ok("1158201444"));
        for (index, value, refused) in [
            (0, "unsubscribe", Refused::Mode),
            (1, "teh", Refused::Token),
            (1, "", Refused::Token),
            (2, "", Refused::Challenge),
        ] {
            let mut query = QUERY;
            query[index].1 = value;
            assert_eq!(challenge(query, check), Err(refused));
            query[index].0 = "other";
            assert!(challenge(query, check).is_err(), "without {}", QUERY[index].0);
        }
        let repeated = QUERY.into_iter().chain([("hub.challenge", "other")]);
        assert_eq!(challenge(repeated, check).as_deref(), Ok("1158201444"));
    }

    #[test]
    fn a_token_is_compared_by_its_whole_digest() {
        let stored = token_sha256("kopi");
        assert!(is_token("kopi", &stored));
        assert!(!is_token("kopi ", &stored));
        assert!(!is_token("kopi", &stored[..63]));
        assert!(!is_token("", &token_sha256("")));
        assert!(!is_token("", ""));
    }

    /// RFC 4231, test case 2: a vector from outside, so that the two sides can't err together.
    #[test]
    fn a_published_vector_verifies() {
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(b"Jefe", Some(header), b"what do ya want for nothing?"), Ok(()));
    }

    #[test]
    fn anything_but_the_one_spelling_is_refused() {
        let good = sign(b"secret", b"body");
        let digits = good.strip_prefix("sha256=").unwrap();
        for (header, refused) in [
            (None, Refused::Unsigned),
            (Some(String::new()), Refused::Malformed),
            (Some(digits.to_owned()), Refused::Malformed),
            (Some(format!("sha1={digits}")), Refused::Malformed),
            (Some(format!("SHA256={digits}")), Refused::Malformed),
            (Some(format!("sha256={}", digits.to_uppercase())), Refused::Malformed),
            (Some(format!("{good} ")), Refused::Malformed),
            (Some(format!("{good}00")), Refused::Malformed),
            (Some(good[..good.len() - 2].to_owned()), Refused::Malformed),
            (Some("sha256=".to_owned()), Refused::Malformed),
            (Some(format!("sha256={}", "g".repeat(64))), Refused::Malformed),
            (Some(sign(b"another", b"body")), Refused::Mismatch),
        ] {
            assert_eq!(signature(b"secret", header.as_deref(), b"body"), Err(refused));
        }
        assert_eq!(signature(b"", Some(&sign(b"", b"body")), b"body"), Err(Refused::NoSecret));
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_refused(
            secret in prop::collection::vec(any::<u8>(), 1..80),
            body in prop::collection::vec(any::<u8>(), 1..200),
            bit in any::<prop::sample::Index>(),
        ) {
            let header = sign(&secret, &body);
            prop_assert_eq!(signature(&secret, Some(&header), &body), Ok(()));

            let flip = |bytes: &[u8]| {
                let mut flipped = bytes.to_vec();
                let bit = bit.index(bytes.len() * 8);
                flipped[bit / 8] ^= 1 << (bit % 8);
                flipped
            };
            prop_assert!(signature(&secret, Some(&header), &flip(&body)).is_err());
            if let Ok(flipped) = String::from_utf8(flip(header.as_bytes())) {
                prop_assert!(signature(&secret, Some(&flipped), &body).is_err());
            }
        }

        #[test]
        fn no_header_panics(header in any::<Option<String>>(), body in any::<Vec<u8>>()) {
            prop_assert!(signature(b"secret", header.as_deref(), &body).is_err());
        }
    }
}
