//! A customer's file: two requests, one that asks where it is and one that gets it there.
//!
//! `GET /{media_id}` answers with an address that works for five minutes, the type, the length
//! and the SHA-256; the address needs the token, too
//! (developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media).
//! The token must not travel to whatever address an answer names, so only the provider's own
//! hosts are taken.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Time,
    message::{Failure, FetchFault},
};
use http::{Method, Request, Response, StatusCode, Uri};
use serde_json::Value;

use super::{
    errors::{class, failure},
    graph,
    outbound::Unsendable,
};
use crate::Class;

/// The hosts from which WhatsApp hands out files.
const HOSTS: [&str; 1] = ["lookaside.fbsbx.com"];

/// Where a file is, and what is promised of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is, for five minutes.
    pub url: String,
    /// Its type, as the provider says.
    pub mime_type: Option<String>,
    /// Its SHA-256 in hex.
    pub sha256: Option<String>,
    /// Its length in bytes.
    pub size: Option<u64>,
}

/// `GET {base_url}/{media_id}?phone_number_id=…`, which also checks that the file was sent to
/// this number.
pub fn lookup(
    base_url: &str,
    media_id: &str,
    phone_number_id: &str,
    token: &str,
) -> Result<Request<Vec<u8>>, Unsendable> {
    // The number's id is a part of the query, and must not leave its place either.
    graph::address(base_url, phone_number_id, "")?;
    let query = format!("?phone_number_id={phone_number_id}");
    Ok(graph::bare(Method::GET, &graph::address(base_url, media_id, &query)?, token)?)
}

/// What the answer to a lookup says.
pub fn found(response: &Response<Vec<u8>>, at: Time) -> Result<Found, FetchFault> {
    let status = response.status();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    if status.is_success() {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let url = text("url").ok_or(FetchFault::Unreachable)?;
        let size = body.get("file_size");
        let size = size.and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok()));
        let sha256 = text("sha256").and_then(|sha256| sha256_hex(&sha256));
        return Ok(Found { url, mime_type: text("mime_type"), sha256, size });
    }
    Err(match refusal(response, at) {
        Some(failure) if failure.code == 100 => FetchFault::Gone,
        Some(failure) if class(failure.code, status.as_u16()) == Class::Channel => {
            FetchFault::Refused
        }
        None if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            FetchFault::Refused
        }
        None if status == StatusCode::NOT_FOUND => FetchFault::Gone,
        Some(_) | None => FetchFault::Unreachable,
    })
}

/// Why a lookup was refused, in the provider's words.
pub fn refusal(response: &Response<Vec<u8>>, at: Time) -> Option<Failure> {
    let body: Value = serde_json::from_slice(response.body()).ok()?;
    failure(body.get("error")?, at)
}

/// The request for a file's bytes, if its address is one of the provider's own: over TLS on a
/// host that it hands files out from, or beside the API itself, where the token goes anyway.
pub fn download(base_url: &str, url: &str, token: &str) -> Result<Request<Vec<u8>>, FetchFault> {
    let origin = |uri: &Uri| Some((uri.scheme()?.clone(), uri.authority()?.clone()));
    let place: Uri = url.parse().map_err(|_| FetchFault::ForeignAddress)?;
    let is_beside = base_url
        .parse()
        .is_ok_and(|base: Uri| origin(&base).is_some() && origin(&base) == origin(&place));
    let is_bare = place.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let is_own = place.scheme_str() == Some("https")
        && place.host().is_some_and(|host| HOSTS.contains(&host))
        && place.port_u16().is_none_or(|port| port == 443);
    if !is_bare || !(is_own || is_beside) {
        return Err(FetchFault::ForeignAddress);
    }
    graph::bare(Method::GET, url, token).map_err(|_| FetchFault::ForeignAddress)
}

/// What the status of a download says, before its bytes are looked at: `Ok(false)` if the
/// address has expired.
pub fn is_there(status: StatusCode) -> Result<bool, FetchFault> {
    match status {
        StatusCode::OK => Ok(true),
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(false),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(FetchFault::Refused),
        _ => Err(FetchFault::Unreachable),
    }
}

/// A SHA-256 as hex in lower case. WhatsApp writes it in base64 in webhooks, and in hex where a
/// file is looked up.
pub fn sha256_hex(text: &str) -> Option<String> {
    let bytes = match text.len() {
        64 => hex::decode(text).ok()?,
        _ => STANDARD.decode(text).ok()?,
    };
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use http::header::AUTHORIZATION;

    use super::*;

    const AT: Time = Time::from_millis(1_795_000_000_000);
    const GRAPH: &str = "https://graph.facebook.com/v24.0";

    fn answered(status: u16, body: &str) -> Result<Found, FetchFault> {
        found(&Response::builder().status(status).body(body.into()).unwrap(), AT)
    }

    #[test]
    fn a_lookup_names_the_file_and_the_number() {
        let request = lookup(GRAPH, "1037543291543636", "1055501", "EAAB").unwrap();
        let expected = "https://graph.facebook.com/v24.0/1037543291543636?phone_number_id=1055501";
        assert_eq!(request.uri(), expected);
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer EAAB");
        assert!(!format!("{request:?}").contains("EAAB"));
        for id in ["", "../me", "1/2", "1?x", "1#"] {
            assert!(lookup(GRAPH, id, "1", "t").is_err(), "{id}");
            assert!(lookup(GRAPH, "1", id, "t").is_err(), "{id}");
        }
    }

    #[test]
    fn an_answer_tells_where_the_file_is_or_why_not() {
        let hash = "ab".repeat(32);
        let body = format!(
            r#"{{"url":"https://x","mime_type":"image/jpeg","sha256":"{hash}","file_size":12}}"#
        );
        let found = answered(200, &body).unwrap();
        assert_eq!((found.sha256, found.size), (Some(hash), Some(12)));
        assert_eq!(answered(200, r#"{"url":"u","file_size":"12"}"#).unwrap().size, Some(12));
        for (status, body, fault) in [
            (200, "{}", FetchFault::Unreachable),
            (200, "<html>", FetchFault::Unreachable),
            (
                400,
                r#"{"error":{"code":100,"message":"no object","error_subcode":33}}"#,
                FetchFault::Gone,
            ),
            (404, "", FetchFault::Gone),
            (401, r#"{"error":{"code":190,"message":"expired"}}"#, FetchFault::Refused),
            (403, "", FetchFault::Refused),
            (429, r#"{"error":{"code":130429,"message":"slow"}}"#, FetchFault::Unreachable),
            (500, r#"{"error":{"code":1,"message":"?"}}"#, FetchFault::Unreachable),
            (302, "", FetchFault::Unreachable),
        ] {
            assert_eq!(answered(status, body), Err(fault), "{status} {body}");
        }
    }

    #[test]
    fn the_token_goes_to_the_providers_own_addresses_only() {
        let may = |base: &str, url: &str| download(base, url, "t").is_ok();
        let own = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=a";
        assert!(may(GRAPH, own));
        assert!(may("http://127.0.0.1:9000/graph/v24.0", "http://127.0.0.1:9000/graph/media/1"));
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com.evil.example/x",
            "https://evil.example/lookaside.fbsbx.com",
            "https://lookaside.fbsbx.com@evil.example/x",
            "https://evil@lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://169.254.169.254/latest",
            "http://graph.facebook.com/x",
            "/x",
            "lookaside.fbsbx.com",
            "",
        ] {
            assert!(!may(GRAPH, url), "{url}");
        }
        assert!(!may("", "http://127.0.0.1/x"));
    }

    #[test]
    fn a_hash_reads_in_both_spellings() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for text in [hex, &hex.to_uppercase(), base64] {
            assert_eq!(sha256_hex(text).as_deref(), Some(hex));
        }
        for text in ["", "abc", &hex[1..], "%%%"] {
            assert_eq!(sha256_hex(text), None);
        }
    }

    proptest! {
        #[test]
        fn no_answer_and_no_address_panics(status in 100u16..1000, body in ".*", url in ".*") {
            let _ = answered(status, &body);
            let _ = download(GRAPH, &url, "t");
        }
    }
}
