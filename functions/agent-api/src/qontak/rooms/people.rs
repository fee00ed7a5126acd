//! `GET /qontak/chat/v1/rooms/{id}/participants` and `/agents/assignable`.

use std::sync::Arc;

use app::{authenticate::Caller, live, rooms};
use axum::{Json, extract::State};
use domain::{Id, Time, member::Membership, room::Room};
use platform::Ctx;
use store::MembersPage;

use super::filter::{FILTERS, filter};
use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    qontak::{
        TAG,
        arranging::{ARRANGING, Arranged, Entry},
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
        ("query" = Option<String>, Query, max_length = 100, description = "A part of a member's name: up to 100 characters."),
        ("is_online" = Option<bool>, Query, description = "Only members who have a live socket, or only others."),
        ("order_by" = Option<String>, Query, pattern = "^(created_at|updated_at)$", description = "`created_at` or `updated_at`: both are when they were invited, which is all that is kept."),
        ("order_direction" = Option<String>, Query, pattern = "^(asc|desc)$", description = "`asc` (the default) or `desc`."),
        ("status" = Option<String>, Query, pattern = "^(all|unassigned|assigned|resolved|campaign|deleted)?$", description = "As in the list of rooms, and so are `sessions`, `tags[]`, `untagged`, `user_ids[]`, `channels[]`, `target_channel`, `channel_integration_id`, `response_status[]`, `type[]`, `start_date`, `end_date` and `time_offset`: a room that they do not find has nobody here."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Members a page: 1 to 100, 100 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakAgent>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_assignable_agents(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    asked: Asked,
) -> Result<Json<Page<QontakAgent>>, Failed> {
    let known: Vec<_> = FILTERS.into_iter().chain(ARRANGING).chain(["is_online"]).collect();
    let asked = asked.only(&known)?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let question = asked.question();
    let list = format!("{}/qontak/rooms/agents/assignable/{question}", caller.organization_id);
    if !question.is_empty() {
        let found = arranged(&api, &caller, id, &asked, (&list, limit), &ctx).await?;
        return Ok(Json(found));
    }
    let after = asked.cursor().map(|text| cursor::decode_id(&list, text)).transpose()?;
    let MembersPage { members, next } =
        rooms::list_assignable_agents(&api.table, &caller, id, after, limit).await?;
    let company = caller.organization_id.to_string();
    let views = members.iter().map(|member| QontakAgent::new(member, &company)).collect();
    let next = next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}

/// A page of those whom more is asked of than that they work here.
async fn arranged(
    api: &Api,
    caller: &Caller,
    id: Id<Room>,
    asked: &Asked,
    (list, limit): (&str, usize),
    ctx: &Ctx,
) -> Result<Page<QontakAgent>, Failed> {
    let (filter, arranged) = (filter(asked)?, Arranged::of(asked)?);
    let is_online = asked.flag("is_online")?;
    let now = Time::from(ctx.now);
    let (room, mut members) = rooms::all_assignable_agents(&api.table, caller, id).await?;
    if !filter.is_some_and(|filter| filter.matches(&room, now)) {
        members.clear();
    }
    if let Some(is_online) = is_online {
        let present = live::list_presence(&api.table, caller, now).await?;
        let is_there = |member: &Membership| present.iter().any(|one| one.member.id == member.id);
        members.retain(|member| is_there(member) == is_online);
    }
    members.retain(|member| arranged.finds(&[&member.name]));
    let company = caller.organization_id.to_string();
    let entries = members.iter().map(|member| Entry {
        at: member.created_at,
        id: member.id,
        view: QontakAgent::new(member, &company),
    });
    let (views, next) = arranged.page(entries.collect(), list, asked.cursor(), limit)?;
    Ok(Page::new(views, limit, next))
}
