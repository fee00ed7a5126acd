//! `POST /v1/rooms/auto_takeover`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::Time;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    responses::{Failed, ProblemBody},
};

/// Takes over the unassigned room that has waited longest ("Get New Chat").
///
/// `data` is null if none is waiting. Of several who ask at the same time, each gets another room.
#[utoipa::path(
    post,
    path = "/v1/rooms/auto_takeover",
    responses(
        (status = 200, body = One<Option<RoomView>>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn take_next_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
) -> Result<Json<One<Option<RoomView>>>, Failed> {
    let room = rooms::take_next_room(&api.table, &caller, &ctx).await?;
    Ok(Json(One::new(room.map(|room| RoomView::new(&room, Time::from(ctx.now))))))
}
