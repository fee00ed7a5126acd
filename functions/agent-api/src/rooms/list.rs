//! `GET /v1/rooms`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::Time;

use super::filter::{self, FILTERS};
use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 50;

/// Lists rooms, latest activity first.
///
/// An agent is shown the rooms that nobody has taken and their own, resolved ones included;
/// supervisors and admins are shown all. An agent's resolved rooms stand by the time at which
/// they were resolved, and with `tag` a supervisor's list stands by when the rooms were tagged.
///
/// Filters are asked of every room that is read, and one request reads 400 rooms at most. So a
/// page with filters may be short, or empty, and yet have a `next`: the list ends where `next`
/// is null.
#[utoipa::path(
    get,
    path = "/v1/rooms",
    params(
        ("status" = Option<String>, Query, pattern = "^(all|unassigned|assigned|resolved)$", description = "The tab: `all` (the default), `unassigned`, `assigned` or `resolved`."),
        ("channel" = Option<String>, Query, pattern = "^wa_cloud$", description = "Rooms of this channel: `wa_cloud`."),
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Rooms of this channel account."),
        ("tag" = Option<String>, Query, min_length = 1, max_length = 50, description = "Rooms that bear this tag."),
        ("agent_id" = Option<String>, Query, format = "uuid", description = "Rooms that this member has, or had when they were resolved."),
        ("session" = Option<String>, Query, pattern = "^(open|expiring|expired)$", description = "Rooms whose reply window is `open`, `expiring` (its last 4 hours) or `expired`. All that are expired: `GET /v1/rooms/list/expired`."),
        ("response_status" = Option<String>, Query, pattern = "^(responded|unresponded)$", description = "`unresponded`: the customer wrote last; or `responded`."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rooms a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_rooms(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<RoomView>>, Failed> {
    let known: Vec<&str> = FILTERS.into_iter().chain(["limit", "cursor"]).collect();
    let parameters = parameters.only(&known)?;
    let filter = filter::filter(&parameters)?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = filter::list_name(&caller, "inbox", &parameters);
    let after = parameters.get("cursor").map(|text| filter::decode(&list, text)).transpose()?;
    let page = rooms::list_rooms(&api.table, &caller, &filter, after, limit, &ctx).await?;
    let now = Time::from(ctx.now);
    let rooms = page.rooms.iter().map(|standing| RoomView::new(&standing.room, now)).collect();
    let next = page.next.map(|next| filter::encode(&list, next));
    Ok(Json(Page::new(rooms, limit, next)))
}
