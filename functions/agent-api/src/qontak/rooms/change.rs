//! `PUT /qontak/chat/v1/rooms/{id}`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::room::{Details, Room, RoomName};
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{
        TAG,
        envelope::QontakError,
        fields::{Fields, maybe_flag},
        views::QontakRoom,
    },
    request::PathId,
    responses::Failed,
};

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakRoomChange {
    /// The name that members see: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether timers leave the room alone.
    #[serde(default, deserialize_with = "maybe_flag")]
    is_dont_auto_resolve: Option<bool>,
}

/// Names a room, or has timers leave it alone.
#[utoipa::path(
    put,
    path = "/qontak/chat/v1/rooms/{id}",
    operation_id = "qontak_change_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    request_body = QontakRoomChange,
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn change_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Fields(change): Fields<QontakRoomChange>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let name = change.name.as_deref().map(RoomName::new).transpose();
    let name = name.map_err(|error| Problem::field("name", error.to_string()))?;
    let details = Details { name, is_dont_auto_resolve: change.is_dont_auto_resolve };
    let room = rooms::change_room(&api.table, &caller, id, &details, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}
