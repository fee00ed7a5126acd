//! Connecting a number: is the token good, is the number its, do its webhooks come to us?
//!
//! Three questions to the Graph API, each with `appsecret_proof` (HMAC-SHA256 of the token under
//! the app secret, Graph API "Secure Graph API Calls"), so that a good answer proves the secret as
//! well: with a wrong one every delivery would be refused later, and nobody would know why.
//!
//! - `GET /app`: which Meta app the token belongs to; numbers of one app share a webhook address.
//! - `GET /{waba_id}/phone_numbers`: whether the number is the business account's.
//! - `POST /{waba_id}/subscribed_apps`: from then on Meta delivers to the app's webhook
//!   (business-messaging/whatsapp/webhooks/overview, "Subscribe to a WABA"); `DELETE` ends it.

use domain::integration::Profile;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Request, Response};
use serde_json::Value;
use sha2::Sha256;

use super::{
    errors::{code_and_title, is_token_error},
    graph::{self, Malformed},
    inbound::{id, name, word},
};
use crate::Class;

/// What asks the Graph API: whose token, which app's secret, where.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// `https://graph.facebook.com/v24.0`.
    pub base_url: &'a str,
    /// The channel token.
    pub token: &'a str,
    /// The secret of the app that the token belongs to.
    pub app_secret: &'a str,
}

/// A question can't be put: an id or the token does not make a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaskable {
    /// The token has characters that no header takes.
    #[error("the token has characters that no token has")]
    Token,
    /// The id has other characters than digits.
    #[error("the id is not made of digits")]
    Id,
}

/// Why the Graph API does not say what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The token is refused.
    Token {
        /// The provider's code.
        code: i64,
        /// The provider's words.
        reason: String,
    },
    /// The app secret does not belong to the token's app.
    Secret,
    /// There is no such object, or it is not the token's to see.
    Object {
        /// The provider's words.
        reason: String,
    },
    /// Nothing is known: try again.
    Unavailable,
}

/// Asks which app the token belongs to.
pub fn app(access: &Access<'_>) -> Result<Request<Vec<u8>>, Unaskable> {
    access.request(Method::GET, "app", "fields=id")
}

/// The app's id in the answer.
pub fn read_app(response: &Response<Vec<u8>>) -> Result<String, Refusal> {
    let body = read(response)?;
    id(&body, "id").ok_or(Refusal::Unavailable)
}

/// Asks for the numbers of a business account.
pub fn numbers(access: &Access<'_>, waba: &str) -> Result<Request<Vec<u8>>, Unaskable> {
    let fields = "fields=id,display_phone_number,verified_name,quality_rating&limit=200";
    access.request(Method::GET, &format!("{}/phone_numbers", digits(waba)?), fields)
}

/// Asks to how many customers a number may write first within a day. A question of its own: Meta
/// is about to move the field to the business portfolio, and refuses questions for a field that
/// is gone.
pub fn messaging_limit(access: &Access<'_>, number: &str) -> Result<Request<Vec<u8>>, Unaskable> {
    access.request(Method::GET, digits(number)?, "fields=messaging_limit_tier")
}

/// The limit in the answer, if it tells.
pub fn read_messaging_limit(response: &Response<Vec<u8>>) -> Option<String> {
    word(&read(response).ok()?, "messaging_limit_tier").map(str::to_owned)
}

/// What the answer says of this number; `None` if it is not among them.
pub fn read_numbers(
    response: &Response<Vec<u8>>,
    phone_number_id: &str,
) -> Result<Option<Profile>, Refusal> {
    let body = read(response)?;
    let numbers = body["data"].as_array().ok_or(Refusal::Unavailable)?;
    let ours = |number: &&Value| id(number, "id").as_deref() == Some(phone_number_id);
    Ok(numbers.iter().find(ours).map(|number| Profile {
        display_phone_number: name(number, "display_phone_number"),
        verified_name: name(number, "verified_name"),
        quality: word(number, "quality_rating").map(str::to_owned),
        ..Profile::default()
    }))
}

/// Asks for a business account's webhooks, or with `DELETE` for an end of them.
pub fn subscription(
    access: &Access<'_>,
    method: Method,
    waba: &str,
) -> Result<Request<Vec<u8>>, Unaskable> {
    access.request(method, &format!("{}/subscribed_apps", digits(waba)?), "")
}

/// Whether the answer grants it.
pub fn read_subscription(response: &Response<Vec<u8>>) -> Result<(), Refusal> {
    let body = read(response)?;
    if body["success"] == true { Ok(()) } else { Err(Refusal::Unavailable) }
}

impl Access<'_> {
    fn request(
        &self,
        method: Method,
        path: &str,
        query: &str,
    ) -> Result<Request<Vec<u8>>, Unaskable> {
        let base = self.base_url.trim_end_matches('/');
        let separator = if query.is_empty() { "" } else { "&" };
        let uri = format!("{base}/{path}?{query}{separator}appsecret_proof={}", self.proof());
        graph::bare(method, &uri, self.token).map_err(|malformed| match malformed {
            Malformed::Token => Unaskable::Token,
            Malformed::Address => Unaskable::Id,
        })
    }

    fn proof(&self) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(self.app_secret.as_bytes());
        // HMAC takes a key of any length.
        mac.map(|mut mac| {
            mac.update(self.token.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
    }
}

/// An id that becomes part of a path under our token: it must not be able to leave its place.
fn digits(text: &str) -> Result<&str, Unaskable> {
    let sane = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if sane { Ok(text) } else { Err(Unaskable::Id) }
}

fn read(response: &Response<Vec<u8>>) -> Result<Value, Refusal> {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    let Some((code, reason)) = body.get("error").and_then(code_and_title) else {
        return if response.status().is_success() { Ok(body) } else { Err(Refusal::Unavailable) };
    };
    Err(if is_token_error(code) {
        Refusal::Token { code, reason }
    } else if body["error"]["message"].as_str().is_some_and(|m| m.contains("appsecret_proof")) {
        Refusal::Secret
    } else if matches!(super::errors::class(code, status), Class::Retry | Class::Paced) {
        Refusal::Unavailable
    } else {
        Refusal::Object { reason }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ACCESS: Access<'_> =
        Access { base_url: "https://graph.test/v24.0", token: "EAAB", app_secret: "s" };

    fn answered(status: u16, body: &Value) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.to_string().into()).unwrap()
    }

    #[test]
    fn every_question_proves_the_secret_and_hides_the_token() {
        for request in [
            app(&ACCESS).unwrap(),
            numbers(&ACCESS, "102").unwrap(),
            subscription(&ACCESS, Method::POST, "102").unwrap(),
        ] {
            // printf EAAB | openssl dgst -sha256 -hmac s
            let proof = "5bba671a083c6305333740ad6ef5133a6c1a783b309235cf76f85e290ac87da7";
            let query = request.uri().query().unwrap();
            assert!(query.ends_with(&format!("appsecret_proof={proof}")), "{query}");
            assert!(!format!("{request:?}").contains("EAAB"));
        }
        assert_eq!(numbers(&ACCESS, "1/../me").err(), Some(Unaskable::Id));
        let token = Access { token: "a\nb", ..ACCESS };
        assert_eq!(app(&token).err(), Some(Unaskable::Token));
    }

    #[test]
    fn a_number_is_found_among_its_accounts() {
        let answer = answered(
            200,
            &json!({ "data": [
                { "id": "1", "display_phone_number": "+62 811", "verified_name": "Kopi",
                  "quality_rating": "GREEN" },
            ] }),
        );
        let profile = read_numbers(&answer, "1").unwrap().unwrap();
        assert_eq!(profile.display_phone_number.as_deref(), Some("+62 811"));
        assert_eq!(profile.quality.as_deref(), Some("GREEN"));
        assert_eq!(read_numbers(&answer, "2"), Ok(None));
    }

    #[test]
    fn a_limit_that_is_not_told_is_none() {
        let told = answered(200, &json!({ "id": "1", "messaging_limit_tier": "TIER_2K" }));
        assert_eq!(read_messaging_limit(&told).as_deref(), Some("TIER_2K"));
        let gone = json!({ "error": { "code": 100, "message": "nonexisting field" } });
        for (status, body) in [(400, gone), (200, json!({ "id": "1" })), (502, Value::Null)] {
            assert_eq!(read_messaging_limit(&answered(status, &body)), None);
        }
    }

    #[test]
    fn a_refusal_says_what_to_correct() {
        let error = |code: i64, message: &str| {
            read_app(&answered(400, &json!({ "error": { "code": code, "message": message } })))
        };
        let token = Refusal::Token { code: 190, reason: "Session has expired".into() };
        assert_eq!(error(190, "Session has expired"), Err(token));
        let proof = "Invalid appsecret_proof provided in the API argument";
        assert_eq!(error(100, proof), Err(Refusal::Secret));
        assert!(matches!(error(100, "Unsupported get request"), Err(Refusal::Object { .. })));
        assert_eq!(error(2, "Service unavailable"), Err(Refusal::Unavailable));
        assert_eq!(read_app(&answered(502, &Value::Null)), Err(Refusal::Unavailable));
        assert_eq!(read_subscription(&answered(200, &json!({ "success": true }))), Ok(()));
    }
}
