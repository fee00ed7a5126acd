//! `GET /v1/rooms/{id}/messages/{message_id}/file` and `POST .../file/retry`.

use std::sync::Arc;

use app::{files, views::MessageView};
use axum::{Json, extract::State};
use domain::{message::Message, room::Room};
use platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Parameters, PathIds},
    responses::{Failed, ProblemBody},
};

/// Where a file of a message is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileLink {
    /// Its bytes, for five minutes. Pictures, sound and film may be shown in place; everything
    /// else is saved.
    url: String,
    /// When `url` ends.
    expires_at: String,
    /// Its type, as its bytes say.
    mime_type: String,
    /// Its length in bytes.
    size: u64,
    /// The name that its sender gave it.
    filename: Option<String>,
}

/// Links to a file of a message.
///
/// That is what was sent as a file, or what stands above the words of buttons, of a template, or of
/// its cards; of an `unsupported` message it is the payload as it came, as JSON.
///
/// While it is on its way from the provider, this is 409 `file_awaited`; if it could not be
/// fetched, 409 `file_failed`.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/messages/{message_id}/file",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("message_id" = String, Path, description = "The message's id."),
        ("index" = Option<u32>, Query, description = "Which of its files, as their views say; 0 if not given."),
    ),
    responses(
        (status = 200, body = One<FileLink>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn link_message_file(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(room, message): PathIds<Room, Message>,
    parameters: Parameters,
) -> Result<Json<One<FileLink>>, Failed> {
    let index = index(&parameters.only(&["index"])?)?;
    let place = (room, message);
    let linked =
        files::link_message_file(&api.table, &api.files, &caller, place, index, &ctx).await?;
    Ok(Json(One::new(FileLink {
        url: linked.link.url,
        expires_at: linked.link.expires_at.to_string(),
        mime_type: linked.mime_type,
        size: linked.size,
        filename: linked.filename,
    })))
}

/// Which of its files, the first if it is not said.
fn index(parameters: &Parameters) -> Result<usize, Problem> {
    let index = parameters.get("index").map_or(Ok(0), str::parse);
    index.map_err(|_| Problem::field("index", "It is a number, from 0."))
}

/// Has the file of a message fetched once more that could not be fetched.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/messages/{message_id}/file/retry",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("message_id" = String, Path, description = "The message's id."),
    ),
    responses(
        (status = 200, body = One<MessageView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn fetch_file_again(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(room, message): PathIds<Room, Message>,
) -> Result<Json<One<MessageView>>, Failed> {
    let shown = files::fetch_again(&api.table, &caller, (room, message), &ctx).await?;
    Ok(Json(One::new(MessageView::of(&shown))))
}
