//! The request that sends a text message, and what its answer means.
//!
//! The provider offers no idempotency key, so the one question that matters of an answer is
//! whether the message was taken. Only an explicit refusal says that it was not: an error object
//! of Graph's, or a status with which the server turns the request itself away. The words of a
//! gateway (a bare 502, a page of HTML, a redirect) say nothing of it: the request may have gone
//! through before the answer was lost, so they are [`Answer::Unclear`] and nothing is sent again.

use domain::{Time, message::Failure};
use http::{
    HeaderValue, Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::{
    errors::{class, class_of_status, failure},
    inbound::id,
};
use crate::{Answer, OutboundText};

/// The channel's configuration does not make a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// The base address or the phone number id does not make an address.
    #[error("the base address or the phone number id is not usable in an address")]
    Address,
    /// The token has characters that no header takes.
    #[error("the channel token is not usable in a header")]
    Token,
}

/// `POST {base_url}/{phone_number_id}/messages`, with the Graph version as part of `base_url`
/// (`https://graph.facebook.com/v24.0`). The `Authorization` header is marked sensitive, so that
/// printing the request doesn't print the token.
pub fn request(
    base_url: &str,
    phone_number_id: &str,
    token: &str,
    message: &OutboundText<'_>,
) -> Result<Request<Vec<u8>>, Unsendable> {
    // It becomes part of a path under our token, so it must not be able to leave its place.
    let in_place = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if phone_number_id.is_empty() || !phone_number_id.bytes().all(in_place) {
        return Err(Unsendable::Address);
    }
    let mut bearer =
        HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Unsendable::Token)?;
    bearer.set_sensitive(true);
    Request::builder()
        .method(Method::POST)
        .uri(format!("{}/{phone_number_id}/messages", base_url.trim_end_matches('/')))
        .header(AUTHORIZATION, bearer)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .body(body(message).to_string().into_bytes())
        .map_err(|_| Unsendable::Address)
}

/// A phone number goes into `to`; a business-scoped user id (`ID.1349...`, of customers who hide
/// their number) into `recipient`, with which `to` would take precedence.
fn body(message: &OutboundText<'_>) -> Value {
    let digits = message.to.strip_prefix('+').unwrap_or(message.to);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let recipient = if is_number { "to" } else { "recipient" };
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        (recipient): message.to,
        "type": "text",
        // No preview: the customer gets what the agent wrote and saw, and not a picture and a
        // title that a third party's page decides on.
        "text": { "preview_url": false, "body": message.text },
        "biz_opaque_callback_data": message.reference,
    })
}

/// What the answer means. `at` is our time, since the answer carries none.
pub fn answer(response: &Response<Vec<u8>>, at: Time) -> Answer {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    if response.status().is_success()
        && let Some(provider_id) = body.pointer("/messages/0").and_then(|taken| id(taken, "id"))
    {
        return Answer::Accepted { provider_id };
    }
    let graph_error = body.get("error").and_then(|error| failure(error, at));
    // A gateway in between also speaks of an "error" with a "code": its HTTP status.
    if let Some(failure) = graph_error.filter(|failure| failure.code != i64::from(status)) {
        return Answer::Refused { class: class(failure.code, status), failure };
    }
    match class_of_status(status) {
        Some(class) if response.status().is_client_error() => {
            let title = format!("HTTP {status} without a reason");
            Answer::Refused { class, failure: Failure { at, code: 0, title } }
        }
        Some(_) | None => Answer::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Class;

    const AT: Time = Time::from_millis(1_795_000_000_000);

    fn to(to: &str) -> OutboundText<'_> {
        OutboundText {
            to, text: "Selamat pagi,\nada \"yang\" bisa dibantu? 🙏", reference: "r-1"
        }
    }

    fn answered(status: u16, body: &str) -> Answer {
        let response = Response::builder().status(status).body(body.into()).unwrap();
        answer(&response, AT)
    }

    #[test]
    fn a_text_to_a_number() {
        let base = "https://graph.example/v24.0/";
        let request = request(base, "1055501", "EAAB-secret", &to("628123456789")).unwrap();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "https://graph.example/v24.0/1055501/messages");
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer EAAB-secret");
        assert!(!format!("{request:?}").contains("EAAB"), "printing it hides the token");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": "628123456789",
                "type": "text",
                "text": {
                    "preview_url": false,
                    "body": "Selamat pagi,\nada \"yang\" bisa dibantu? 🙏",
                },
                "biz_opaque_callback_data": "r-1",
            })
        );
    }

    #[test]
    fn a_text_to_someone_who_hides_their_number() {
        for (identity, used, absent) in [
            ("ID.1740012345678", "recipient", "to"),
            ("ID.ENT.1740012345678", "recipient", "to"),
            ("+628123456789", "to", "recipient"),
        ] {
            let request = request("http://localhost:9000", "1", "t", &to(identity)).unwrap();
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body[used], identity);
            assert_eq!(body.get(absent), None);
        }
    }

    #[test]
    fn a_broken_configuration_is_an_error_and_no_panic() {
        let make = |base, number, token| request(base, number, token, &to("62")).err();
        assert_eq!(make("http://localhost", "1", "a\nb"), Some(Unsendable::Token));
        for number in ["", "../me", "1/2", "1?x=", "1#", "1 "] {
            assert_eq!(make("http://localhost", number, "t"), Some(Unsendable::Address));
        }
        assert_eq!(make("http://exa mple", "1", "t"), Some(Unsendable::Address));
    }

    #[test]
    fn a_2xx_with_an_id_is_accepted_and_without_one_unclear() {
        let taken = r#"{"messaging_product":"whatsapp","contacts":[{"input":"62","wa_id":"62"}],
            "messages":[{"id":"wamid.A1"}]}"#;
        assert_eq!(answered(200, taken), Answer::Accepted { provider_id: "wamid.A1".into() });
        for body in ["", "{}", "null", "OK", r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#] {
            assert_eq!(answered(200, body), Answer::Unclear, "{body}");
        }
        assert_eq!(answered(502, taken), Answer::Unclear);
    }

    #[test]
    fn an_error_of_graphs_is_a_refusal_whatever_the_status() {
        for (status, code, class) in [
            (400, 131_047, Class::Recipient),
            (400, 100, Class::Content),
            (401, 190, Class::Channel),
            (400, 130_429, Class::Paced),
            (429, 130_429, Class::Paced),
            (400, 131_049, Class::NotNow),
            (500, 131_000, Class::Retry),
            (500, 3, Class::Channel),
            (503, 987_654, Class::Retry),
            (200, 131_026, Class::Recipient),
        ] {
            let body = json!({"error": {
                "message": "(#1) Why", "type": "OAuthException", "code": code,
                "error_data": {"messaging_product": "whatsapp", "details": "more"},
                "fbtrace_id": "A1",
            }});
            let failure = Failure { at: AT, code, title: "(#1) Why".into() };
            assert_eq!(answered(status, &body.to_string()), Answer::Refused { class, failure });
        }
    }

    #[test]
    fn without_graphs_word_only_a_4xx_is_a_refusal() {
        for (status, expected) in [
            (429, Some(Class::Paced)),
            (401, Some(Class::Channel)),
            (403, Some(Class::Channel)),
            (408, Some(Class::Retry)),
            (400, Some(Class::Content)),
            (404, Some(Class::Content)),
            (301, None),
            (500, None),
            (502, None),
            (503, None),
            (504, None),
        ] {
            let gateway = format!(r#"{{"error":{{"code":{status},"message":"upstream"}}}}"#);
            for body in ["", "<html>Bad Gateway</html>", r#"{"error":"x"}"#, &gateway] {
                let class = match answered(status, body) {
                    Answer::Refused { class, failure } => {
                        assert_eq!(failure.code, 0);
                        Some(class)
                    }
                    Answer::Unclear => None,
                    Answer::Accepted { .. } => panic!("{status} {body}"),
                };
                assert_eq!(class, expected, "{status} {body}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(status in 100u16..1000, body in any::<Vec<u8>>()) {
            answered(status, &String::from_utf8_lossy(&body));
        }
    }
}
