//! `GET /v1/rooms/{id}/agents/assignable`.

use std::sync::Arc;

use app::{rooms, views::AgentView};
use axum::{Json, extract::State};
use domain::room::Room;
use store::MembersPage;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::{Parameters, PathId},
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 100;

/// Lists the members whom the room can be handed over to.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/agents/assignable",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Members a page: 1 to 100, 100 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<AgentView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_assignable_agents(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Room>,
    parameters: Parameters,
) -> Result<Json<Page<AgentView>>, Failed> {
    let parameters = parameters.only(&["limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/rooms/agents/assignable", caller.organization_id);
    let after = parameters.get("cursor").map(|text| cursor::decode_id(&list, text)).transpose()?;
    let MembersPage { members, next } =
        rooms::list_assignable_agents(&api.table, &caller, id, after, limit).await?;
    let views = members.iter().map(AgentView::new).collect();
    let next = next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
