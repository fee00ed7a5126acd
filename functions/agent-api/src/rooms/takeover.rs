//! `POST /v1/rooms/{id}/takeover`.

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

/// Takes a room over; if somebody else was first, 409 `already_taken` says who.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/takeover",
    params(("id" = String, Path, description = "The room's id.")),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn take_over_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<domain::room::Room>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::take_over_room(&api.table, &caller, id, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
