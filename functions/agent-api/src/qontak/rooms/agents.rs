//! `POST` and `DELETE /qontak/chat/v1/rooms/{id}/agents/{agent_id}`, and whether agents may.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::{integration::Member, room::Room};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{
        TAG,
        envelope::QontakError,
        fields::{Fields, flag},
        views::QontakRoom,
    },
    request::{PathId, PathIds},
    responses::Failed,
};

/// Hands a room over to a member.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/rooms/{id}/agents/{agent_id}",
    operation_id = "qontak_hand_over_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
        ("agent_id" = String, Path, description = "The member's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn hand_over_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(id, agent): PathIds<Room, Member>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::hand_over_room(&api.table, &caller, id, agent, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Takes a room from a member and gives it back to all.
#[utoipa::path(
    delete,
    path = "/qontak/chat/v1/rooms/{id}/agents/{agent_id}",
    operation_id = "qontak_unassign_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
        ("agent_id" = String, Path, description = "The member's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn unassign_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(id, agent): PathIds<Room, Member>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::unassign_room(&api.table, &caller, id, agent, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Gives a room that nobody has to the agent with the fewest open rooms.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/rooms/{id}/assign_round_robin",
    operation_id = "qontak_assign_in_turn",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn assign_in_turn(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::assign_in_turn(&api.table, &caller, id, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Whether agents may give their rooms away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakAgentsAssign {
    /// Whether an agent may hand a room of theirs over to a colleague, or give it back.
    #[serde(deserialize_with = "flag")]
    enabled: bool,
}

/// Tells whether agents may hand their rooms over.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/agent_assign_another_agent",
    operation_id = "qontak_show_agents_assign",
    tag = TAG,
    responses(
        (status = 200, body = One<QontakAgentsAssign>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn show_agents_assign(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<QontakAgentsAssign>>, Failed> {
    let enabled = rooms::may_agents_assign(&api.table, &caller).await?;
    Ok(Json(One::new(QontakAgentsAssign { enabled })))
}

/// Lets agents hand their rooms over, or no longer. Needs the role `admin`.
#[utoipa::path(
    put,
    path = "/qontak/chat/v1/rooms/agent_assign_another_agent",
    operation_id = "qontak_let_agents_assign",
    tag = TAG,
    request_body = QontakAgentsAssign,
    responses(
        (status = 200, body = One<QontakAgentsAssign>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn let_agents_assign(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    Fields(wanted): Fields<QontakAgentsAssign>,
) -> Result<Json<One<QontakAgentsAssign>>, Failed> {
    rooms::let_agents_assign(&api.table, &caller, wanted.enabled).await?;
    Ok(Json(One::new(wanted)))
}
