//! Reading a request to the messages endpoint, and the response to one that was accepted.
//!
//! Each type is checked as Meta's page about it says (`whatsapp/messages/...-messages`): what must
//! be there is missed with 131008, what may not be is refused with 131009; the envelope and plain
//! text with 100, as Graph's own validation does.

mod content;
mod interactive;

use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::answer::{Refusal, json_response};
use super::media::Shelf;
use super::payload::Price;
use super::person::Person;
use super::templates::Templates;

pub(super) use content::asset;

/// The longest text of a message, in characters (messages/text-messages).
const MAX_TEXT: usize = 4096;
/// The longest `biz_opaque_callback_data`, in characters (messages/send-messages).
const MAX_REFERENCE: usize = 512;

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipient {
    /// Digits.
    pub(super) phone: Option<String>,
    /// The business-scoped user id.
    pub(super) user_id: Option<String>,
    /// As the caller wrote it; the response repeats it.
    input: String,
}

impl Recipient {
    /// Somebody to whom the business writes by phone.
    pub(super) fn of(person: &Person) -> Self {
        let (phone, user_id) = (person.phone.clone(), person.user_id.clone());
        Self { phone, user_id, input: person.key().to_owned() }
    }

    pub(super) fn key(&self) -> &str {
        self.phone.as_deref().or(self.user_id.as_deref()).unwrap_or_default()
    }
}

/// A well-formed message on its way to a customer.
pub(super) struct Outgoing {
    pub(super) to: Recipient,
    /// `type` of the request.
    pub(super) kind: String,
    /// The object under the type's name.
    pub(super) content: Value,
    /// What a person reads in it.
    pub(super) text: String,
    /// What a template became.
    pub(super) shown: Value,
    pub(super) price: Price,
    /// The message that it answers.
    pub(super) context: Option<String>,
    pub(super) reference: Option<String>,
    /// Major version of the request, which decides what the statuses look like.
    pub(super) major: u32,
}

/// What a type's own check finds.
pub(super) struct Checked {
    pub(super) text: String,
    pub(super) shown: Value,
    /// The template's category; nothing for what is free inside the window.
    pub(super) category: Option<String>,
}

impl Checked {
    fn reads(text: impl Into<String>) -> Self {
        Self { text: text.into(), shown: Value::Null, category: None }
    }
}

/// What a request may refer to.
pub(super) struct Known<'a> {
    pub(super) now_ms: u64,
    pub(super) shelf: &'a Shelf,
    pub(super) templates: &'a Templates,
}

/// What a body asks for.
pub(super) enum Asked {
    Send(Box<Outgoing>),
    /// A customer's message was read (messages/mark-message-as-read).
    Read(String),
}

/// The bearer token of a request.
pub(super) fn bearer(request: &Request<Vec<u8>>) -> Option<&str> {
    request.headers().get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The message in a body, or which parameter is wrong.
pub(super) fn read(major: u32, body: &[u8], known: &Known<'_>) -> Result<Asked, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::invalid_parameter("The request body is not valid JSON."))?;
    if text_of(&body, "/messaging_product")? != "whatsapp" {
        return Err(Refusal::invalid_parameter("messaging_product must be \"whatsapp\"."));
    }
    if body["status"] == "read" {
        return Ok(Asked::Read(text_of(&body, "/message_id")?.to_owned()));
    }
    let to = recipient(&body)?;
    // Leaving the type out means text.
    let Some(kind) = body.get("type").map_or(Some("text"), Value::as_str) else {
        return Err(Refusal::invalid_parameter("type must be a string."));
    };
    let Checked { text, shown, category } = check(kind, &body, known)?;
    Ok(Asked::Send(Box::new(Outgoing {
        to,
        kind: kind.to_owned(),
        content: body[kind].clone(),
        text,
        shown,
        price: Price {
            billable: category.is_some(),
            category: category.unwrap_or_else(|| "service".to_owned()),
        },
        context: context(&body)?,
        reference: reference(&body)?,
        major,
    })))
}

fn check(kind: &str, body: &Value, known: &Known<'_>) -> Result<Checked, Refusal> {
    let Some(object) = body.get(kind) else {
        return Err(Refusal::invalid_parameter(format!("{kind} is required.")));
    };
    match kind {
        "text" => {
            let text = text_of(body, "/text/body")?;
            if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
                return Err(Refusal::invalid_parameter(format!(
                    "text.body must be 1 to {MAX_TEXT} characters long."
                )));
            }
            Ok(Checked::reads(text))
        }
        "image" | "audio" | "video" | "document" | "sticker" => content::file(kind, object, known),
        "location" => content::location(object),
        "contacts" => content::contacts(object),
        "reaction" => content::reaction(object),
        "interactive" => interactive::check(object, known),
        "template" => known.templates.check(object, known),
        _ => Err(Refusal::invalid_parameter(format!("type \"{kind}\" is not supported."))),
    }
}

/// The response to an accepted message.
pub(super) fn accepted(send: &Outgoing, wamid: &str) -> Response<Vec<u8>> {
    let mut contact = json!({"input": send.to.input});
    if let Some(phone) = &send.to.phone {
        contact["wa_id"] = json!(phone);
    }
    if let Some(user_id) = &send.to.user_id {
        contact["user_id"] = json!(user_id);
    }
    let mut message = json!({"id": wamid});
    if send.kind == "template" {
        message["message_status"] = json!("accepted");
    }
    json_response(
        StatusCode::OK,
        &json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}),
    )
}

/// A number in `to`, or a business-scoped user id in `recipient`; `to` takes precedence
/// (whatsapp/business-scoped-user-ids).
fn recipient(body: &Value) -> Result<Recipient, Refusal> {
    if let (None, Some(user_id)) = (body.get("to"), body.get("recipient")) {
        let user_id = user_id.as_str().filter(|id| is_user_id(id)).ok_or_else(|| {
            Refusal::invalid_parameter("recipient must be a business-scoped user id.")
        })?;
        let (user_id, input) = (Some(user_id.to_owned()), user_id.to_owned());
        return Ok(Recipient { phone: None, user_id, input });
    }
    let input = text_of(body, "/to")?.to_owned();
    let phone = digits(&input).ok_or_else(|| {
        Refusal::invalid_parameter("to must be a phone number with its country code.")
    })?;
    Ok(Recipient { phone: Some(phone), user_id: None, input })
}

/// A country's code, a point, and up to 128 letters and digits.
fn is_user_id(id: &str) -> bool {
    id.split_once('.').is_some_and(|(country, rest)| {
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=128).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    })
}

/// The digits of a phone number as people write it, if it is one (E.164: at most 15).
pub(super) fn digits(number: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (number.chars().all(known) && (5..=15).contains(&digits.len())).then_some(digits)
}

fn context(body: &Value) -> Result<Option<String>, Refusal> {
    match body.get("context") {
        None => Ok(None),
        Some(context) => Ok(Some(required(context, "context", "message_id")?.to_owned())),
    }
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

/// A string that must be there and say something.
pub(super) fn required<'a>(object: &'a Value, path: &str, field: &str) -> Result<&'a str, Refusal> {
    match object.get(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::Null | Value::String(_)) | None => {
            Err(Refusal::missing(&format!("{path}['{field}']")))
        }
        Some(_) => {
            Err(Refusal::invalid_value(format!("Param {path}['{field}'] must be a string.")))
        }
    }
}

/// The same, of at most so many characters.
pub(super) fn short<'a>(
    object: &'a Value,
    path: &str,
    field: &str,
    longest: usize,
) -> Result<&'a str, Refusal> {
    let text = required(object, path, field)?;
    if text.chars().count() > longest {
        return Err(Refusal::invalid_value(format!(
            "Param {path}['{field}'] must be at most {longest} characters long."
        )));
    }
    Ok(text)
}

/// The same for one that may be left out.
pub(super) fn optional<'a>(
    object: &'a Value,
    path: &str,
    field: &str,
    longest: usize,
) -> Result<Option<&'a str>, Refusal> {
    match object.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => short(object, path, field, longest).map(Some),
    }
}
