//! `GET /v1/rooms/{id}/messages/{message_id}/file` and `POST .../file/retry`.

use std::sync::Arc;

use app::{files, views::MessageView};
use axum::{Json, extract::State};
use domain::{message::Message, room::Room};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathIds,
    responses::{Failed, ProblemBody},
};

/// Where the file of a message is.
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

/// Links to the file of a message. Of an `unsupported` one that is the payload as it came, as JSON.
///
/// While it is on its way from the provider, this is 409 `file_awaited`; if it could not be
/// fetched, 409 `file_failed`.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/messages/{message_id}/file",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("message_id" = String, Path, description = "The message's id."),
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
) -> Result<Json<One<FileLink>>, Failed> {
    let found = (room, message);
    let linked = files::link_message_file(&api.table, &api.files, &caller, found, &ctx).await?;
    Ok(Json(One::new(FileLink {
        url: linked.link.url,
        expires_at: linked.link.expires_at.to_string(),
        mime_type: linked.mime_type,
        size: linked.size,
        filename: linked.filename,
    })))
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
