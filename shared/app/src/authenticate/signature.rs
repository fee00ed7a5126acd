//! Signed requests, as Qontak's clients make them.
//!
//! `Authorization: hmac username="...", algorithm="hmac-sha256", headers="date request-line",
//! signature="<base64>"`, where what is signed is the `Date` header and the request line. The
//! scheme, and the string that is signed, are those of Qontak's own client
//! (github.com/mekari-engineering/qontak-api-js, `src/utils/hmac.ts`). It does not cover the body;
//! TLS does. That client signs its query decoded and sends it encoded, so both spellings count below
//! its paths; ours take what was sent.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use percent_encoding::percent_decode_str;
use sha2::Sha256;

/// How far a request's `Date` may be from now: older ones are replayed, or from a wrong clock.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// What an `hmac` header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature<'a> {
    pub(super) username: &'a str,
    mac: Vec<u8>,
}

impl<'a> Signature<'a> {
    /// Reads what comes behind `hmac `; nothing if it is of another shape.
    pub(super) fn read(parameters: &'a str) -> Option<Self> {
        let (mut username, mut algorithm, mut headers, mut signature) = (None, None, None, None);
        for parameter in parameters.split(',') {
            let (name, value) = parameter.trim().split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            let place = match name {
                "username" => &mut username,
                "algorithm" => &mut algorithm,
                "headers" => &mut headers,
                "signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        // What else could be signed is not enough: a request without its line or its time could be
        // sent again.
        let is_known = algorithm == Some("hmac-sha256") && headers == Some("date request-line");
        let mac = STANDARD.decode(signature?).ok()?;
        is_known.then_some(Self { username: username?, mac })
    }

    /// Whether it is this secret's signature of this request. Compared in constant time.
    pub(super) fn is_of(&self, secret: &str, date: &str, method: &str, target: &str) -> bool {
        let is_of = |target: &str| {
            let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
            mac.chain_update(signed(date, method, target)).verify_slice(&self.mac).is_ok()
        };
        let is_qontaks = target.starts_with("/qontak/");
        is_of(target) || is_qontaks && decoded(target).is_some_and(|target| is_of(&target))
    }
}

/// A request's target with its query decoded; none if that is how it was sent.
fn decoded(target: &str) -> Option<String> {
    let (path, query) = target.split_once('?')?;
    let query = query.replace('+', " ");
    let plain = percent_decode_str(&query).decode_utf8().ok()?;
    Some(format!("{path}?{plain}")).filter(|decoded| decoded != target)
}

/// Whether a request with this `Date` is of now.
pub(super) fn is_timely(date: &str, now: Timestamp) -> bool {
    let parsed = DateTimeParser::new().parse_timestamp(date);
    parsed.is_ok_and(|date| now.duration_since(date).abs() <= WINDOW)
}

fn signed(date: &str, method: &str, target: &str) -> String {
    format!("date: {date}\n{method} {target} HTTP/1.1")
}

/// The `Authorization` header of a request: what a client of ours writes. `target` is path and
/// query as they are sent.
pub fn sign(username: &str, secret: &str, date: &str, method: &str, target: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| {
        let mac = mac.chain_update(signed(date, method, target)).finalize();
        STANDARD.encode(mac.into_bytes())
    });
    let mac = mac.unwrap_or_default();
    format!(
        "hmac username=\"{username}\", algorithm=\"hmac-sha256\", headers=\"date request-line\", signature=\"{mac}\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Mon, 05 Jan 2026 01:00:00 GMT";

    #[test]
    fn a_signature_holds_for_its_request_alone() {
        let header = sign("kopi", "secret", DATE, "GET", "/v1/rooms?limit=1");
        let read = Signature::read(header.strip_prefix("hmac ").unwrap()).unwrap();
        assert_eq!(read.username, "kopi");
        assert!(read.is_of("secret", DATE, "GET", "/v1/rooms?limit=1"));
        for (secret, date, method, target) in [
            ("other", DATE, "GET", "/v1/rooms?limit=1"),
            ("secret", "Mon, 05 Jan 2026 01:00:01 GMT", "GET", "/v1/rooms?limit=1"),
            ("secret", DATE, "PUT", "/v1/rooms?limit=1"),
            ("secret", DATE, "GET", "/v1/rooms?limit=2"),
            ("secret", DATE, "GET", "/v1/rooms"),
        ] {
            assert!(!read.is_of(secret, date, method, target), "{date} {method} {target}");
        }
    }

    #[test]
    fn a_query_is_signed_as_it_is_sent_or_decoded() {
        let signed = |target: &str| {
            let header = sign("kopi", "secret", DATE, "GET", target);
            move |sent: &str| {
                let read = Signature::read(header.strip_prefix("hmac ").unwrap()).unwrap();
                read.is_of("secret", DATE, "GET", sent)
            }
        };
        let tagged = signed("/qontak/chat/v1/rooms?tags[]=pelanggan lama");
        assert!(tagged("/qontak/chat/v1/rooms?tags[]=pelanggan+lama"));
        assert!(tagged("/qontak/chat/v1/rooms?tags%5B%5D=pelanggan%20lama"));
        assert!(!tagged("/qontak/chat/v1/rooms?tags[]=pelanggan+baru"));
        assert!(!tagged("/qontak/chat/v1/rooms"));
        // Only a query may be spelled in two ways, and only there.
        assert!(!signed("/qontak/chat/v1/rooms/ ")("/qontak/chat/v1/rooms/%20"));
        assert!(!signed("/v1/rooms?tags[]=pelanggan lama")("/v1/rooms?tags[]=pelanggan%20lama"));
        assert!(!signed("/v1/x?/qontak/ ")("/v1/x?/qontak/%20"));
    }

    /// Computed with OpenSSL: `printf 'date: ...\nGET /v1/rooms HTTP/1.1' | openssl dgst -sha256
    /// -hmac secret -binary | base64`.
    #[test]
    fn it_is_what_others_compute() {
        let header = sign("kopi", "secret", DATE, "GET", "/v1/rooms");
        assert!(
            header.ends_with("signature=\"j0fYylc7DiauccFZBRHtxEXC4nlhRKibqHF8LFYrJQk=\""),
            "{header}"
        );
    }

    #[test]
    fn whatever_else_is_signed_is_refused() {
        let right = r#"username="u", algorithm="hmac-sha256", headers="date request-line", signature="AA==""#;
        assert!(Signature::read(right).is_some());
        for wrong in [
            "",
            "username",
            &right.replace("sha256", "sha1"),
            &right.replace("date request-line", "date"),
            &right.replace("date request-line", "request-line"),
            &right.replace("AA==", "not base64"),
            &right.replace("username=\"u\", ", ""),
            &format!("{right}, username=\"v\""),
            &format!("{right}, realm=\"v\""),
            &right.replace('"', ""),
        ] {
            assert_eq!(Signature::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_is_of_now_or_refused() {
        let now: Timestamp = "2026-01-05T01:00:00Z".parse().unwrap();
        for (date, is) in [
            (DATE, true),
            ("Mon, 05 Jan 2026 01:05:00 GMT", true),
            ("Mon, 05 Jan 2026 00:55:00 GMT", true),
            ("Mon, 05 Jan 2026 01:05:01 GMT", false),
            ("Mon, 05 Jan 2026 00:54:59 GMT", false),
            ("2026-01-05T01:00:00Z", false),
            ("", false),
        ] {
            assert_eq!(is_timely(date, now), is, "{date}");
        }
    }
}
