//! What Meta's error codes ask of us.
//!
//! The codes are those of Meta's page "Error codes" (support/error-codes, May 2026); the classes
//! are our reading of it. Codes decide, not the HTTP status: Meta advises so, and answers some
//! lasting causes with 500 (code 3, a missing permission). The status speaks only where the code
//! is unknown to us.

use domain::{Time, message::Failure};
use serde_json::Value;

use crate::Class;

/// The most characters of a provider's words that we keep: of the short ones, and of what exactly is
/// wrong.
const MAX_TITLE: usize = 200;
const MAX_DETAIL: usize = 500;

/// The longest word of them. Graph quotes a bad token in its message ("Malformed access token
/// EAAB..."), and what we keep is shown to agents and written to logs.
const MAX_WORD: usize = 40;

/// Whether a code says that the token itself is refused (support/error-codes, "Authorization
/// errors": 0 `AuthException`, 190 access token expired; Graph API "Handling Errors": 102 session).
/// Permissions (10, 200 to 299) and locked accounts are not among them: a new token would not help.
pub fn is_token_error(code: i64) -> bool {
    matches!(code, 0 | 102 | 190)
}

/// What a refusal with this code asks of us.
pub fn class(code: i64, http_status: u16) -> Class {
    match code {
        _ if is_token_error(code) => Class::Channel,
        // API unknown, API service, something went wrong, service unavailable, account in
        // maintenance, server temporarily unavailable.
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => Class::Retry,
        // Limits of the app, the account, the number, the pair (1 in 6 s), and of the quality
        // of what the number sends.
        4 | 80_007 | 130_429 | 131_048 | 131_056 => Class::Paced,
        // Held back to keep the customer engaged; the customer is in an experiment.
        131_049 | 130_472 => Class::NotNow,
        // Recipient is sender, undeliverable, not in the allowed list, the window has closed,
        // opted out of marketing, of a type the recipient can't take, in a restricted country.
        131_021 | 131_026 | 131_030 | 131_047 | 131_050 | 131_051 | 130_497 => Class::Recipient,
        // Capability and permissions, the number was deleted, policy, access denied,
        // account locked, display name, payment, certificate, number not registered.
        3
        | 10
        | 33
        | 200..=299
        | 368
        | 131_005
        | 131_031
        | 131_037
        | 131_042
        | 131_045
        | 133_010 => Class::Channel,
        // Parameters, media, and everything about templates.
        100 | 131_008 | 131_009 | 131_052 | 131_053 | 132_000..=132_999 | 135_000 => Class::Content,
        _ => class_of_status(http_status).unwrap_or(Class::Content),
    }
}

/// What a refusal without a known code asks of us; nothing where the status is no refusal of
/// the request, as those of a gateway are that has lost the answer.
pub(super) fn class_of_status(http_status: u16) -> Option<Class> {
    match http_status {
        429 => Some(Class::Paced),
        401 | 403 => Some(Class::Channel),
        // The server gave up waiting for the request (RFC 9110): it took nothing.
        408 | 500..=599 => Some(Class::Retry),
        400..=499 => Some(Class::Content),
        _ => None,
    }
}

/// The failure in one error object of Graph (an answer's `error`, or one of a status' `errors`).
pub(super) fn failure(error: &Value, at: Time) -> Option<Failure> {
    let (code, title) = code_and_title(error)?;
    let detail = error.pointer("/error_data/details").and_then(Value::as_str);
    let detail = detail.and_then(|detail| plain(detail, MAX_DETAIL));
    Some(Failure { at, code, title, detail })
}

/// What one error object of Graph says.
pub(super) fn code_and_title(error: &Value) -> Option<(i64, String)> {
    let code = code(error)?;
    let title = ["title", "message"]
        .into_iter()
        .find_map(|key| plain(error.get(key)?.as_str()?, MAX_TITLE));
    Some((code, title.unwrap_or_else(|| format!("Error {code}"))))
}

/// What one error object of Graph says, at length where it does.
pub(super) fn code_and_reason(error: &Value) -> Option<(i64, Option<String>)> {
    let details = [error.pointer("/error_data/details"), error.get("details"), error.get("title")];
    let told = details.into_iter().chain([error.get("message")]).flatten();
    let reason = told.filter_map(Value::as_str).find_map(|words| plain(words, MAX_TITLE));
    Some((code(error)?, reason))
}

/// An error's code: an integer, or its digits.
fn code(error: &Value) -> Option<i64> {
    match error.get("code")? {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A provider's words in one short line, without anything as long as a token. Nothing if empty.
fn plain(words: &str, most: usize) -> Option<String> {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(if word.chars().count() > MAX_WORD { "…" } else { word });
    }
    (!line.is_empty()).then(|| line.chars().take(most).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn known_codes_have_their_class_whatever_the_status() {
        for (class_, codes) in [
            (Class::Retry, &[1, 2, 131_000, 131_016, 131_057, 133_004][..]),
            (Class::Paced, &[4, 80_007, 130_429, 131_056, 131_048]),
            (Class::NotNow, &[131_049, 130_472]),
            (Class::Recipient, &[131_026, 131_021, 131_050, 131_047, 131_051, 131_030]),
            (Class::Content, &[100, 132_000, 132_001, 132_005, 132_007, 132_012, 132_018]),
            (Class::Content, &[132_015, 132_016]),
            (Class::Channel, &[0, 3, 10, 102, 190, 200, 299, 131_031, 131_042, 133_010, 368]),
        ] {
            for code in codes {
                for status in [200, 400, 401, 429, 500, 503] {
                    assert_eq!(class(*code, status), class_, "{code} with {status}");
                }
            }
        }
    }

    #[test]
    fn permissions_are_no_token_errors() {
        assert!([0, 102, 190].into_iter().all(is_token_error));
        assert!(![10, 200, 299, 368, 131_031, 131_042, 133_010].into_iter().any(is_token_error));
    }

    #[test]
    fn of_an_unknown_code_the_status_tells() {
        for (status, expected) in [
            (500, Class::Retry),
            (503, Class::Retry),
            (429, Class::Paced),
            (401, Class::Channel),
            (403, Class::Channel),
            (408, Class::Retry),
            (400, Class::Content),
            (404, Class::Content),
            (200, Class::Content),
        ] {
            assert_eq!(class(987_654, status), expected, "{status}");
        }
    }

    #[test]
    fn a_failure_is_the_providers_code_and_words() {
        let at = Time::from_millis(5);
        for (error, expected) in [
            (json!({"code": 131_026, "title": "Undeliverable", "message": "m"}), "Undeliverable"),
            (json!({"code": "131026", "title": " ", "message": "Not\n taken"}), "Not taken"),
            (json!({"code": 131_026}), "Error 131026"),
        ] {
            let expected = Failure { code: 131_026, ..Failure::uncoded(expected, at) };
            assert_eq!(failure(&error, at), Some(expected));
        }
        for error in [json!({}), json!("131026"), json!({"code": 1.5}), json!({"code": "x"})] {
            assert_eq!(failure(&error, at), None);
        }
    }

    #[test]
    fn what_exactly_is_wrong_is_kept_to_a_length() {
        let detail = |details: Value| {
            let error = json!({ "code": 100, "error_data": { "details": details } });
            failure(&error, Time::from_millis(5)).unwrap().detail
        };
        let wrong = "Component sub_type invalid at index: 0";
        assert_eq!(detail(json!(wrong)).as_deref(), Some(wrong));
        assert_eq!(detail(json!("ab ".repeat(400))).unwrap().chars().count(), MAX_DETAIL);
        for none in [json!(""), json!(7), json!(null)] {
            assert_eq!(detail(none), None);
        }
    }

    #[test]
    fn a_token_that_graph_quotes_is_not_kept() {
        let token = format!("EAAB{}", "x".repeat(180));
        let words = plain(&format!("Malformed access token {token}"), MAX_TITLE).unwrap();
        assert_eq!(words, "Malformed access token …");
        assert_eq!(plain(&"ab ".repeat(400), MAX_TITLE).unwrap().chars().count(), MAX_TITLE);
    }

    proptest! {
        #[test]
        fn every_code_has_a_class(code in any::<i64>(), status in any::<u16>()) {
            class(code, status);
        }
    }
}
