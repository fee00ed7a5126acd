//! `POST` and `DELETE /v1/rooms/{id}/agents/{agent_id}`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{Time, integration::Member, room::Room};

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathIds,
    responses::{Failed, ProblemBody},
};

/// Hands a room over to a member.
///
/// Supervisors hand over any room. An agent may hand over their own rooms, and those that nobody
/// has taken, if `PUT /v1/rooms/agent_assign_another_agent` allowed it, and does not see them
/// afterwards.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/agents/{agent_id}",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("agent_id" = String, Path, description = "The member who is to have it."),
    ),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn hand_over_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(id, agent): PathIds<Room, Member>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::hand_over_room(&api.table, &caller, id, agent, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}

/// Takes a room from a member and gives it back to all.
///
/// If another member has it by now, 409 `already_taken` says who. Agents may give back their own
/// rooms where they may hand them over.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{id}/agents/{agent_id}",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("agent_id" = String, Path, description = "The member who is to have it no longer."),
    ),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn unassign_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(id, agent): PathIds<Room, Member>,
) -> Result<Json<One<RoomView>>, Failed> {
    let room = rooms::unassign_room(&api.table, &caller, id, agent, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
