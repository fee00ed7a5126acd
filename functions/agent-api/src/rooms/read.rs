//! `PUT /v1/rooms/{id}/mark_all_as_read`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::Time;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Marks everything that the room has received as read.
#[utoipa::path(
    put,
    path = "/v1/rooms/{id}/mark_all_as_read",
    params(("id" = String, Path, description = "The room's id.")),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn mark_room_read(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<domain::room::Room>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::mark_room_read(&api.table, &caller, id).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
