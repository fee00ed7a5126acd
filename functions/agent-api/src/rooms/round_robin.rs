//! `POST /v1/rooms/{id}/assign_round_robin`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{Time, room::Room};

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Gives a room that nobody has to the agent with the fewest open rooms.
///
/// A room that somebody has stays theirs. Agents may do so where they may hand rooms over. If there
/// is nobody of the role `agent`, this is 409 `no_agent`.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/assign_round_robin",
    params(("id" = String, Path, description = "The room's id.")),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn assign_in_turn(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::assign_in_turn(&api.table, &caller, id, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
