//! `GET /qontak/chat/v1/rooms/{id}/participants` and `/agents/assignable`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::room::Room;
use store::MembersPage;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    qontak::{
        TAG,
        asked::Asked,
        envelope::QontakError,
        views::{QontakAgent, QontakParticipant},
    },
    request::PathId,
    responses::Failed,
};

const DEFAULT_PAGE: usize = 100;

/// Lists who takes part: the customer, and the members who have had the room since it was last
/// opened.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/{id}/participants",
    operation_id = "qontak_list_participants",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = Page<QontakParticipant>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_participants(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<Page<QontakParticipant>>, Failed> {
    let found = rooms::list_participants(&api.table, &caller, id).await?;
    let members = found.members.iter().map(|member| QontakParticipant::agent(&found.room, member));
    let views: Vec<_> =
        std::iter::once(QontakParticipant::customer(&found.room)).chain(members).collect();
    let limit = views.len();
    Ok(Json(Page::new(views, limit, None)))
}

/// Lists the members whom the room can be handed over to.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/{id}/agents/assignable",
    operation_id = "qontak_list_assignable_agents",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, description = "Members a page: 1 to 100, 100 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakAgent>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_assignable_agents(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Room>,
    asked: Asked,
) -> Result<Json<Page<QontakAgent>>, Failed> {
    let asked = asked.only(&[])?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = format!("{}/qontak/rooms/agents/assignable", caller.organization_id);
    let after = asked.cursor().map(|text| cursor::decode_id(&list, text)).transpose()?;
    let MembersPage { members, next } =
        rooms::list_assignable_agents(&api.table, &caller, id, after, limit).await?;
    let company = caller.organization_id.to_string();
    let views = members.iter().map(|member| QontakAgent::new(member, &company)).collect();
    let next = next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
