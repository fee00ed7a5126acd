//! Reading a request to the messages endpoint, and the response to one that was accepted.

use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::answer::{Refusal, json_response};

/// The longest text of a message, in characters (messages/text-messages).
const MAX_TEXT: usize = 4096;
/// The longest `biz_opaque_callback_data`, in characters (messages/send-messages).
const MAX_REFERENCE: usize = 512;

/// What a path names: the version's major number and the business number.
pub(super) struct Target<'a> {
    pub(super) major: u32,
    pub(super) phone_number_id: &'a str,
}

/// A well-formed text message on its way to a customer.
pub(super) struct TextSend {
    /// Digits.
    pub(super) to: String,
    /// The recipient as the caller wrote it; the response repeats it.
    pub(super) input: String,
    pub(super) text: String,
    pub(super) reference: Option<String>,
    /// Major version of the request, which decides what the statuses look like.
    pub(super) major: u32,
}

/// Splits `/{version}/{phone_number_id}/messages`.
pub(super) fn target(path: &str) -> Result<Target<'_>, Refusal> {
    let mut parts = path.trim_start_matches('/').split('/');
    let (version, number, endpoint) = (parts.next(), parts.next(), parts.next());
    let major = version.and_then(|version| {
        let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
        minor.parse::<u32>().ok()?;
        major.parse().ok()
    });
    match (major, number, endpoint, parts.next()) {
        (Some(major), Some(phone_number_id), Some("messages"), None) => {
            Ok(Target { major, phone_number_id })
        }
        (_, _, _, _) => Err(Refusal::unknown_path(path)),
    }
}

/// The bearer token of a request.
pub(super) fn bearer(request: &Request<Vec<u8>>) -> Option<&str> {
    request.headers().get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The text message in a body, or which parameter is wrong.
pub(super) fn read(major: u32, body: &[u8]) -> Result<TextSend, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::invalid_parameter("The request body is not valid JSON."))?;
    if text_of(&body, "/messaging_product")? != "whatsapp" {
        return Err(Refusal::invalid_parameter("messaging_product must be \"whatsapp\"."));
    }
    let input = text_of(&body, "/to")?.to_owned();
    let to = digits(&input).ok_or_else(|| {
        Refusal::invalid_parameter("to must be a phone number with its country code.")
    })?;
    // Leaving the type out means text.
    let kind = body.get("type").map_or(Some("text"), Value::as_str);
    if kind != Some("text") {
        return Err(Refusal::invalid_parameter(
            "type must be \"text\": this double knows no other.",
        ));
    }
    let text = text_of(&body, "/text/body")?.to_owned();
    if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
        return Err(Refusal::invalid_parameter(format!(
            "text.body must be 1 to {MAX_TEXT} characters long."
        )));
    }
    Ok(TextSend { to, input, text, reference: reference(&body)?, major })
}

/// The response to an accepted message.
pub(super) fn accepted(send: &TextSend, wamid: &str) -> Response<Vec<u8>> {
    json_response(
        StatusCode::OK,
        &json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": send.input, "wa_id": send.to}],
            "messages": [{"id": wamid}],
        }),
    )
}

/// The digits of a phone number as people write it, if it is one (E.164: at most 15).
pub(super) fn digits(number: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (number.chars().all(known) && (5..=15).contains(&digits.len())).then_some(digits)
}

fn reference(body: &Value) -> Result<Option<String>, Refusal> {
    match body.get("biz_opaque_callback_data") {
        None => Ok(None),
        Some(Value::String(data)) if data.chars().count() <= MAX_REFERENCE => {
            Ok(Some(data.clone()))
        }
        Some(_) => Err(Refusal::invalid_parameter(format!(
            "biz_opaque_callback_data must be a string of at most {MAX_REFERENCE} characters."
        ))),
    }
}

fn text_of<'a>(body: &'a Value, pointer: &str) -> Result<&'a str, Refusal> {
    body.pointer(pointer).and_then(Value::as_str).ok_or_else(|| {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        Refusal::invalid_parameter(format!("{name} is required and must be a string."))
    })
}
