//! Requests to the Graph API under a channel token.
//!
//! The token is marked sensitive, so that printing a request doesn't print it, and an id that
//! becomes part of a path under it must not be able to leave its place.

use domain::{Time, message::Failure};
use http::{
    HeaderValue, Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::Value;

use super::errors::{class_of_status, failure};

/// What was given does not make a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    /// The token has characters that no header takes.
    Token,
    /// The address, or an id in it, is none.
    Address,
}

/// Why the Graph API does not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// It says why.
    Refused(Failure),
    /// The answer is none that we understand.
    Unclear,
}

/// What an answer says, if it is not a refusal. `at` is our time, for one that is.
pub(super) fn answered(response: &Response<Vec<u8>>, at: Time) -> Result<Value, Declined> {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    if let Some(failure) = body.get("error").and_then(|error| failure(error, at)) {
        return Err(Declined::Refused(failure));
    }
    let status = response.status();
    if status.is_success() {
        return Ok(body);
    }
    if status.is_client_error() && class_of_status(status.as_u16()).is_some() {
        let title = format!("HTTP {} without a reason", status.as_u16());
        return Err(Declined::Refused(Failure::uncoded(title, at)));
    }
    Err(Declined::Unclear)
}

/// A request without a body.
pub(super) fn bare(method: Method, uri: &str, token: &str) -> Result<Request<Vec<u8>>, Malformed> {
    let request = Request::builder().method(method).uri(uri).header(AUTHORIZATION, bearer(token)?);
    request.body(Vec::new()).map_err(|_| Malformed::Address)
}

/// A request that posts JSON.
pub(super) fn post(uri: &str, token: &str, body: &Value) -> Result<Request<Vec<u8>>, Malformed> {
    let mut request = bare(Method::POST, uri, token)?;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    *request.body_mut() = body.to_string().into_bytes();
    Ok(request)
}

/// `{base_url}/{id}/{rest}`, with the Graph version as part of `base_url`
/// (`https://graph.facebook.com/v24.0`).
pub(super) fn address(base_url: &str, id: &str, rest: &str) -> Result<String, Malformed> {
    let in_place = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if id.is_empty() || !id.bytes().all(in_place) {
        return Err(Malformed::Address);
    }
    Ok(format!("{}/{id}{rest}", base_url.trim_end_matches('/')))
}

fn bearer(token: &str) -> Result<HeaderValue, Malformed> {
    let mut bearer =
        HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Malformed::Token)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_request_prints_its_token() {
        let posted = post("https://graph.test/v24.0/1/messages", "EAAB", &json!({})).unwrap();
        let asked = bare(Method::GET, "https://graph.test/v24.0/1", "EAAB").unwrap();
        for request in [posted, asked] {
            assert_eq!(request.headers()[AUTHORIZATION], "Bearer EAAB");
            assert!(!format!("{request:?}").contains("EAAB"));
        }
        assert_eq!(bare(Method::GET, "https://graph.test", "a\nb").err(), Some(Malformed::Token));
        assert_eq!(bare(Method::GET, "not an address", "EAAB").err(), Some(Malformed::Address));
    }

    #[test]
    fn an_id_stays_in_its_place() {
        let address = |id| address("https://graph.test/v24.0/", id, "/messages");
        assert_eq!(address("10-a_B").as_deref(), Ok("https://graph.test/v24.0/10-a_B/messages"));
        for id in ["", "1/../me", "1?x", "1 ", "é", "%2e"] {
            assert_eq!(address(id), Err(Malformed::Address), "{id}");
        }
    }
}
