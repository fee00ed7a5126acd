//! `PUT /v1/rooms/{id}/resolve`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{Id, Time, message::Message, room::Room};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// What the agent has seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resolve {
    /// The last message that the agent has seen: the room's `last_received_message_id`, or an
    /// answer written since. With it, a message that came since is a conflict (409
    /// `newer_message`); without it, the room is resolved as it is.
    #[schema(value_type = Option<String>, format = "uuid")]
    last_message_id: Option<Id<Message>>,
}

/// Resolves a room. It becomes live again when the customer writes.
#[utoipa::path(
    put,
    path = "/v1/rooms/{id}/resolve",
    params(("id" = String, Path, description = "The room's id.")),
    request_body = Option<Resolve>,
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn resolve_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Body(body): Body<Resolve>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::resolve_room(&api.table, &caller, id, body.last_message_id, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
