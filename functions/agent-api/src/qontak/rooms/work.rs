//! `PUT /qontak/chat/v1/rooms/{id}/resolve` and `/mark_all_as_read`, `POST /rooms/{id}/takeover` and
//! `/rooms/auto_takeover`: what a member does with a room and says nothing about.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::room::Room;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{
        TAG,
        envelope::QontakError,
        views::{Company, QontakRoom},
    },
    request::PathId,
    responses::Failed,
};

/// Resolves a room as it is. It becomes live again when the customer writes.
///
/// Qontak's clients do not say what they have seen. Who wants to be told of a message that came
/// since says it at `PUT /v1/rooms/{id}/resolve`.
#[utoipa::path(
    put,
    path = "/qontak/chat/v1/rooms/{id}/resolve",
    operation_id = "qontak_resolve_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn resolve_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::resolve_room(&api.table, &caller, id, None, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Marks everything that the room has received as read.
#[utoipa::path(
    put,
    path = "/qontak/chat/v1/rooms/{id}/mark_all_as_read",
    operation_id = "qontak_mark_room_read",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn mark_room_read(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::mark_room_read(&api.table, &caller, id).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Takes a room over; if somebody else was first, 409 says who.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/rooms/{id}/takeover",
    operation_id = "qontak_take_over_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn take_over_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::take_over_room(&api.table, &caller, id, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Takes over the unassigned room that has waited longest; `data` is null if none is waiting.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/rooms/auto_takeover",
    operation_id = "qontak_take_next_room",
    tag = TAG,
    responses(
        (status = 200, body = One<Option<QontakRoom>>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn take_next_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
) -> Result<Json<One<Option<QontakRoom>>>, Failed> {
    let company = Company::of(&api, &caller, &ctx).await?;
    let room = rooms::take_next_room(&api.table, &caller, &ctx).await?;
    Ok(Json(One::new(room.map(|room| QontakRoom::new(&room, &company)))))
}
