//! `POST /v1/rooms/{id}/messages`.

use std::sync::Arc;

use app::{
    drafts::NewMessage,
    rooms::{self, Draft},
    views::MessageView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::room::Room;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId, idempotency_key},
    responses::{Failed, ProblemBody},
};

/// Sends a message to the room's customer, within 24 hours of their last one; an approved template
/// also later, and into a resolved room, which stays resolved until the customer answers.
///
/// What the channel would not take is refused, and nothing is stored.
/// The answer comes when the message is stored; its `status` then moves by itself.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/messages",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this message. The same key sends once, however often it comes within 24 hours."),
    ),
    request_body = NewMessage,
    responses(
        (status = 201, body = One<MessageView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn send_message(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    headers: HeaderMap,
    Body(body): Body<NewMessage>,
) -> Result<(StatusCode, Json<One<MessageView>>), Failed> {
    let draft = Draft { message: body, idempotency_key: idempotency_key(&headers)? };
    let message = rooms::send_message(&api.table, &api.memory, &caller, id, &draft, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(MessageView::new(&message)))))
}
