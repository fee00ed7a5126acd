//! `GET /qontak/chat/v1/rooms/{id}`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::room::Room;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{TAG, envelope::QontakError, views::QontakRoom},
    request::PathId,
    responses::Failed,
};

/// Shows a room.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/{id}",
    operation_id = "qontak_show_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn show_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::show_room(&api.table, &caller, id).await?;
    answer(&api, &caller, &ctx, &room).await
}
