//! What all of Qontak's paths that say something share: what names a request, so that its
//! repetition says nothing twice, and what is answered.

use app::{
    drafts::NewMessage,
    files::NewFile,
    rooms::{self, BotMessage, NewNote},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
};
use domain::{Id, room::Room};
use platform::problem::Problem;

use super::views::{Company, QontakMessage};
use crate::{Api, caller::Authenticated, envelope::One, request::idempotency_key};

/// What a client says in a room.
pub(super) struct Saying {
    pub(super) room_id: Id<Room>,
    /// What the client calls it.
    pub(super) local_id: Option<String>,
    pub(super) what: What,
}

/// What is said, and to whom.
pub(super) enum What {
    /// A message to the customer, and the file that comes along.
    Message(Box<NewMessage>, Option<NewFile>),
    /// A note for colleagues.
    Note(String),
}

/// What is answered.
pub(super) type Said = (StatusCode, Json<One<QontakMessage>>);

/// Says it, once.
pub(super) async fn say(
    api: &Api,
    Authenticated { caller, ctx }: &Authenticated,
    headers: &HeaderMap,
    saying: Saying,
) -> Result<Said, Problem> {
    let Saying { room_id, local_id, what } = saying;
    let idempotency_key = match idempotency_key(headers)? {
        Some(key) => Some(key),
        None => local_id.as_deref().map(named).transpose()?,
    };
    let company = Company::of(api, caller, ctx).await?;
    let view = match what {
        What::Message(message, file) => {
            let bot = BotMessage { message: *message, file, idempotency_key };
            let (room, message) = rooms::send_bot_message(
                &api.table,
                &api.memory,
                &api.files,
                caller,
                room_id,
                bot,
                ctx,
            )
            .await?;
            QontakMessage::sent(&message, &room, local_id, &company)
        }
        What::Note(text) => {
            let note = NewNote { text, idempotency_key };
            let (room, note) =
                rooms::add_bot_note(&api.table, &api.memory, caller, room_id, note, ctx).await?;
            QontakMessage::system(&note, &room, local_id, &company)
        }
    };
    Ok((StatusCode::CREATED, Json(One::new(view))))
}

/// The idempotency key that a client's own name for its message makes.
fn named(local_id: &str) -> Result<String, Problem> {
    if (1..=100).contains(&local_id.chars().count()) {
        Ok(format!("local_id {local_id}"))
    } else {
        Err(Problem::field("local_id", "It has 1 to 100 characters."))
    }
}
