//! `GET /v1/rooms/{id}/participants`.

use std::sync::Arc;

use app::{rooms, views::ParticipantView};
use axum::{Json, extract::State};
use domain::room::Room;

use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Lists who takes part: the customer, and the members who have had the room since it was last
/// opened.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/participants",
    params(("id" = String, Path, description = "The room's id.")),
    responses(
        (status = 200, body = Page<ParticipantView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_participants(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<Page<ParticipantView>>, Failed> {
    let found = rooms::list_participants(&api.table, &caller, id).await?;
    let mut views = vec![ParticipantView::customer(&found.room)];
    let agents = found.members.iter().map(|member| ParticipantView::agent(&found.room, member));
    views.extend(agents);
    let limit = views.len();
    Ok(Json(Page::new(views, limit, None)))
}
