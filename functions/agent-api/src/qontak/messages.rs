//! `POST /qontak/chat/v1/messages/whatsapp` and `/messages/whatsapp/bot`.
//!
//! Qontak keeps them apart by the token that may call them; here a key is a member, and both are the
//! same. The file of a message comes along in a form, or was uploaded before and is named by the id
//! or the address that `file_uploader` answered; an address of anybody else's is never fetched.

use std::sync::Arc;

use app::{
    authenticate::Caller,
    drafts::{MessageType, NewCard, NewLocation, NewMessage},
    files::NewFile,
};
use axum::{extract::State, http::HeaderMap};
use domain::{Id, permission, room::Room};
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    TAG,
    envelope::QontakError,
    fields::{FieldsAndFile, SentFile},
    sending::{Said, Saying, What, say},
    views::QontakMessage,
};
use crate::{Api, caller::Authenticated, envelope::One, gate::forbidden, responses::Failed};

/// A message to a room's customer, as JSON, or as a form in which `location` and `contacts` are
/// JSON text.
///
/// | type | fields |
/// |---|---|
/// | `text` | `text` |
/// | `image`, `video`, `document` | `file`, and `text` below it |
/// | `audio`, `voice`, `sticker` | `file` |
/// | `location` | `location` |
/// | `contact` | `contacts` |
/// | `system` | `text`: a note for colleagues, which the customer never gets |
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "room_id": "0190b5a8-0000-7000-8000-000000000000", "type": "text", "text": "Halo",
}))]
pub(crate) struct QontakNewMessage {
    /// The room.
    #[schema(value_type = String, format = "uuid")]
    room_id: Id<Room>,
    /// What kind of message it is; `text` if it is not given.
    r#type: Option<QontakMessageType>,
    /// The words: up to 4,096 characters; below a file up to 1,024.
    #[schema(max_length = 4096)]
    text: Option<String>,
    /// The id or the address that `file_uploader` answered. In a form, the file itself.
    file: Option<String>,
    /// A place. Qontak's reference names no field for it.
    location: Option<NewLocation>,
    /// 1 to 257 contact cards. Qontak's reference names no field for them.
    #[schema(min_items = 1, max_items = 257)]
    contacts: Option<Vec<NewCard>>,
    /// What the client calls it, 1 to 100 characters: the same name in the same room sends once,
    /// however often it comes within 24 hours.
    #[schema(min_length = 1, max_length = 100)]
    local_id: Option<String>,
    /// Taken, and of no effect: a message bears the time at which it came.
    #[expect(dead_code, reason = "clients send it, and it is not refused")]
    created_at: Option<String>,
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QontakMessageType {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A recording.
    Audio,
    /// A recording, too: WhatsApp tells by the file whether it was spoken.
    Voice,
    /// A film.
    Video,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contact,
    /// A note for colleagues.
    System,
}

/// Sends a message to a room's customer, within 24 hours of their last one.
///
/// A message without a name (`local_id`, or the header `Idempotency-Key`) that says the same as
/// one of the last minute, in the same room and with nothing new from the customer in between, is
/// that message: it is sent once, and the answer is the same.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/messages/whatsapp/bot",
    operation_id = "qontak_send_bot_message",
    tag = TAG,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this message. The same key sends once, however often it comes within 24 hours."),
    ),
    request_body = QontakNewMessage,
    responses(
        (status = 201, body = One<QontakMessage>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn send_bot_message(
    State(api): State<Arc<Api>>,
    authenticated: Authenticated,
    headers: HeaderMap,
    FieldsAndFile { fields, file }: FieldsAndFile<QontakNewMessage>,
) -> Result<Said, Failed> {
    let what = if let Some(QontakMessageType::System) = fields.r#type {
        What::Note(fields.note(file.as_ref())?)
    } else {
        let message = fields.message(file.as_ref())?;
        if file.is_some() && !may_upload(&authenticated.caller) {
            return Err(Failed(forbidden()));
        }
        let file = file.map(|SentFile { filename, mime_type, bytes }| NewFile {
            filename,
            mime_type,
            bytes,
        });
        What::Message(Box::new(message), file)
    };
    let saying = Saying { room_id: fields.room_id, local_id: fields.local_id, what };
    Ok(say(&api, &authenticated, &headers, saying).await.map_err(renamed)?)
}

/// Sends a message to a room's customer: the same as `/messages/whatsapp/bot`.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/messages/whatsapp",
    operation_id = "qontak_send_message",
    tag = TAG,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this message."),
    ),
    request_body = QontakNewMessage,
    responses(
        (status = 201, body = One<QontakMessage>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn send_message(
    api: State<Arc<Api>>,
    caller: Authenticated,
    headers: HeaderMap,
    sent: FieldsAndFile<QontakNewMessage>,
) -> Result<Said, Failed> {
    send_bot_message(api, caller, headers, sent).await
}

/// Whether a caller may bring a file: what comes along with a message is an upload like any other.
fn may_upload(caller: &Caller) -> bool {
    let upload = permission::find("POST", "/v1/file_uploader");
    upload.is_some_and(|upload| upload.allows(caller.role, caller.scopes.as_deref()))
}

/// A refusal under the field's name of here.
fn renamed(problem: Problem) -> Problem {
    let field = problem.field.map(|field| match field.as_str() {
        "caption" => "text".to_owned(),
        "file_id" => "file".to_owned(),
        _ => field,
    });
    Problem { field, ..problem }
}

impl QontakNewMessage {
    /// The words of a note.
    fn note(&self, file: Option<&SentFile>) -> Result<String, Problem> {
        let others = [
            ("file", self.file.is_some() || file.is_some()),
            ("location", self.location.is_some()),
            ("contacts", self.contacts.is_some()),
        ];
        if let Some((name, _)) = others.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Problem::field(name, "A `system` message has only: text."));
        }
        self.text.clone().ok_or_else(|| Problem::field("text", "This field is missing."))
    }

    /// The message as `/v1` has it; without its file, if that comes along.
    fn message(&self, file: Option<&SentFile>) -> Result<NewMessage, Problem> {
        let (kind, has_caption) = match self.r#type.unwrap_or(QontakMessageType::Text) {
            // A note is no message.
            QontakMessageType::Text | QontakMessageType::System => (MessageType::Text, false),
            QontakMessageType::Image => (MessageType::Image, true),
            QontakMessageType::Audio | QontakMessageType::Voice => (MessageType::Audio, false),
            QontakMessageType::Video => (MessageType::Video, true),
            QontakMessageType::Document => (MessageType::Document, true),
            QontakMessageType::Sticker => (MessageType::Sticker, false),
            QontakMessageType::Location => (MessageType::Location, false),
            QontakMessageType::Contact => (MessageType::Contacts, false),
        };
        // A form without words says `text=`.
        let words = self.text.clone().filter(|text| !has_caption || !text.is_empty());
        let (text, caption) = if has_caption { (None, words) } else { (words, None) };
        if self.file.is_some() && file.is_some() {
            return Err(Problem::field("file", "This field is given twice."));
        }
        let message = NewMessage {
            r#type: Some(kind),
            text,
            caption,
            file_id: self.file.as_deref().map(file_id),
            location: self.location.clone(),
            contacts: self.contacts.clone(),
            ..NewMessage::default()
        };
        // One that comes along gets its id later; whether one belongs here can be said now.
        let along = file.map(|_| NewMessage { file_id: Some(String::new()), ..message.clone() });
        along.as_ref().unwrap_or(&message).check_shape().map_err(renamed)?;
        Ok(message)
    }
}

/// The id in what `file_uploader` answered: it is that, or the end of its address's path.
pub(super) fn file_id(file: &str) -> String {
    let path = file.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
