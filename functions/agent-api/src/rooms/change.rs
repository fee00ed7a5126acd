//! `PUT /v1/rooms/{id}`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{
    Time,
    room::{Details, Room, RoomName},
};
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomChange {
    /// The name that members see, whatever the customer's profile says: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether timers leave the room alone.
    is_dont_auto_resolve: Option<bool>,
}

/// Names a room, or has timers leave it alone.
#[utoipa::path(
    put,
    path = "/v1/rooms/{id}",
    params(("id" = String, Path, description = "The room's id.")),
    request_body = RoomChange,
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Body(body): Body<RoomChange>,
) -> Result<Json<One<RoomView>>, Failed> {
    let name = body.name.as_deref().map(RoomName::new).transpose();
    let name = name.map_err(|error| Problem::field("name", error.to_string()))?;
    let details = Details { name, is_dont_auto_resolve: body.is_dont_auto_resolve };
    let room = rooms::change_room(&api.table, &caller, id, &details, &ctx).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}
