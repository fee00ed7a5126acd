//! `POST /qontak/chat/v1/messages/whatsapp/interactive_message/bot`.
//!
//! Qontak's words for buttons and lists, as its clients send them: the kind beside the content, and
//! the words of the body as plain text. A picture above them was uploaded before, as everywhere: an
//! address of anybody else's is never fetched.

use std::sync::Arc;

use app::drafts::{
    HeaderType, MessageType, NewButton, NewHeader, NewInteractive, NewList, NewMessage, NewSection,
};
use axum::{extract::State, http::HeaderMap};
use domain::{Id, room::Room};
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    TAG,
    envelope::QontakError,
    fields::Fields,
    messages::file_id,
    sending::{Said, Saying, What, say},
    views::QontakMessage,
};
use crate::{Api, caller::Authenticated, envelope::One, responses::Failed};

/// A message with something to choose from, as JSON, or as a form in which `interactive` is JSON text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "room_id": "0190b5a8-0000-7000-8000-000000000000",
    "type": "button",
    "interactive": { "body": "Mau diantar?", "buttons": [{ "id": "yes", "title": "Ya" }] },
}))]
pub(crate) struct QontakNewInteractive {
    /// The room.
    #[schema(value_type = String, format = "uuid")]
    room_id: Id<Room>,
    /// What there is to choose.
    r#type: QontakInteractiveType,
    /// What is said.
    interactive: QontakInteractive,
    /// What the client calls it, 1 to 100 characters: the same name in the same room sends once,
    /// however often it comes within 24 hours.
    #[schema(min_length = 1, max_length = 100)]
    local_id: Option<String>,
}

/// What there is to choose.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QontakInteractiveType {
    /// One of a few buttons.
    Button,
    /// A row of a list.
    List,
}

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakInteractive {
    /// What stands above the words.
    header: Option<QontakHeader>,
    /// The words: up to 1,024 characters, with a list 4,096.
    #[schema(max_length = 4096)]
    body: String,
    /// The small words below: up to 60 characters.
    #[schema(max_length = 60)]
    footer: Option<String>,
    /// 1 to 3 buttons, of type `button`.
    #[schema(min_items = 1, max_items = 3)]
    buttons: Option<Vec<NewButton>>,
    /// The list, of type `list`.
    lists: Option<QontakList>,
}

/// A list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakList {
    /// What the button says that opens it: up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    button: String,
    /// 1 to 10 sections with 10 rows in all.
    #[schema(min_items = 1, max_items = 10)]
    sections: Vec<NewSection>,
}

/// What stands above the words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakHeader {
    /// What it is; a list takes only `text`.
    format: HeaderType,
    /// A line of up to 60 characters, of the format `text`.
    #[schema(max_length = 60)]
    text: Option<String>,
    /// The id or the address that `file_uploader` answered, of the other formats.
    link: Option<String>,
}

/// Sends buttons or a list to a room's customer, within 24 hours of their last message.
///
/// What says the same within a minute is one message, as at `/messages/whatsapp/bot`.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/messages/whatsapp/interactive_message/bot",
    operation_id = "qontak_send_interactive_message",
    tag = TAG,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this message."),
    ),
    request_body = QontakNewInteractive,
    responses(
        (status = 201, body = One<QontakMessage>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn send_interactive_message(
    State(api): State<Arc<Api>>,
    caller: Authenticated,
    headers: HeaderMap,
    Fields(fields): Fields<QontakNewInteractive>,
) -> Result<Said, Failed> {
    let QontakNewInteractive { room_id, r#type, interactive, local_id } = fields;
    let what = What::Message(Box::new(interactive.message(r#type)?), None);
    let saying = Saying { room_id, local_id, what };
    Ok(say(&api, &caller, &headers, saying).await.map_err(renamed)?)
}

/// A refusal under the field's name of here.
fn renamed(problem: Problem) -> Problem {
    let field = problem.field.map(|field| {
        let field = field.replace("interactive.list", "interactive.lists");
        field.replace("header.type", "header.format").replace("header.file_id", "header.link")
    });
    Problem { field, ..problem }
}

impl QontakInteractive {
    /// The message as `/v1` has it.
    fn message(self, kind: QontakInteractiveType) -> Result<NewMessage, Problem> {
        let Self { header, body, footer, buttons, lists } = self;
        let (wanted, is_given, other, is_other_given) = match kind {
            QontakInteractiveType::Button => {
                ("interactive.buttons", buttons.is_some(), "interactive.lists", lists.is_some())
            }
            QontakInteractiveType::List => {
                ("interactive.lists", lists.is_some(), "interactive.buttons", buttons.is_some())
            }
        };
        if !is_given {
            return Err(Problem::field(wanted, "This field is missing."));
        }
        if is_other_given {
            return Err(Problem::field(other, "This field belongs to another type."));
        }
        let list = lists.map(|QontakList { button, sections }| NewList { button, sections });
        let header = header.map(|QontakHeader { format, text, link }| NewHeader {
            r#type: format,
            text,
            file_id: link.as_deref().map(file_id),
        });
        let interactive =
            NewInteractive { header, body, footer, buttons, list, ..NewInteractive::default() };
        Ok(NewMessage {
            r#type: Some(MessageType::Interactive),
            interactive: Some(interactive),
            ..NewMessage::default()
        })
    }
}
