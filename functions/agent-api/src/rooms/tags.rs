//! `POST` and `DELETE /v1/rooms/{id}/tags`.

use std::sync::Arc;

use app::{
    rooms::{self, tag_name},
    views::RoomView,
};
use axum::{Json, extract::State};
use domain::{Time, room::Room};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// A tag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomTag {
    /// 1 to 50 characters, kept in lower case and with single spaces.
    #[schema(min_length = 1, max_length = 50)]
    name: String,
}

/// Tags a room. It bears 20 tags at most.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/tags",
    params(("id" = String, Path, description = "The room's id.")),
    request_body = RoomTag,
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tag_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Body(body): Body<RoomTag>,
) -> Result<Json<One<RoomView>>, Failed> {
    let name = tag_name("name", &body.name)?;
    let room = rooms::tag_room(&api.table, &caller, id, &name, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}

/// Takes a tag from a room. The organization's catalogue keeps it.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{id}/tags",
    params(("id" = String, Path, description = "The room's id.")),
    request_body = RoomTag,
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn untag_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Body(body): Body<RoomTag>,
) -> Result<Json<One<RoomView>>, Failed> {
    let name = tag_name("name", &body.name)?;
    let room = rooms::untag_room(&api.table, &caller, id, &name).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
