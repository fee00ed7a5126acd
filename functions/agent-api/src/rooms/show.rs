//! `GET /v1/rooms/{id}`.

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

/// Shows a room.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}",
    params(("id" = String, Path, description = "The room's id.")),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<domain::room::Room>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::show_room(&api.table, &caller, id).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
