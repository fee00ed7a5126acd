//! `POST /v1/rooms/{id}/messages`.

use std::sync::Arc;

use app::{
    rooms::{self, Draft},
    views::MessageView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::room::Room;
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId, idempotency_key},
    responses::{Failed, ProblemBody},
};

/// A message to the customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// `text`, the only type so far and the default.
    #[serde(default)]
    r#type: Option<String>,
    /// 1 to 4,096 characters.
    text: String,
}

/// Sends a message to the room's customer, within 24 hours of their last one.
///
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
    if body.r#type.is_some_and(|name| name != "text") {
        return Err(Problem::field("type", "Only messages of type `text` can be sent.").into());
    }
    let draft = Draft { text: body.text, idempotency_key: idempotency_key(&headers)? };
    let message = rooms::send_message(&api.table, &caller, id, &draft, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(MessageView::new(&message)))))
}
