//! What the provider's answer to a sending means.
//!
//! The provider offers no idempotency key, so the one question that matters of an answer is
//! whether the message was taken. Only an explicit refusal says that it was not: an error object
//! of Graph's, or a status with which the server turns the request itself away. The words of a
//! gateway (a bare 502, a page of HTML, a redirect) say nothing of it: the request may have gone
//! through before the answer was lost, so they are [`Answer::Unclear`] and nothing is sent again.

use domain::{Time, message::Failure};
use http::Response;
use serde_json::Value;

use crate::{
    Answer,
    whatsapp::{
        errors::{class, class_of_status, failure},
        inbound::id,
    },
};

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
            Answer::Refused { class, failure: Failure::uncoded(title, at) }
        }
        Some(_) | None => Answer::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Class;

    const AT: Time = Time::from_millis(1_795_000_000_000);

    fn answered(status: u16, body: &str) -> Answer {
        let response = Response::builder().status(status).body(body.into()).unwrap();
        answer(&response, AT)
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
            let detail = Some("more".into());
            let failure = Failure { at: AT, code, title: "(#1) Why".into(), detail };
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
