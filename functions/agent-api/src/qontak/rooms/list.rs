//! `GET /qontak/chat/v1/rooms` and `/rooms/list/expired`.

use std::sync::Arc;

use app::{
    authenticate::Caller,
    rooms::{self, RoomsFound},
};
use axum::{Json, extract::State};
use domain::{contact, room::Filter};
use platform::{Ctx, problem::Problem};
use store::{ContactPlace, InboxPage};

use super::filter::{self, FILTERS};
use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    qontak::{
        TAG,
        asked::Asked,
        envelope::QontakError,
        views::{Company, QontakRoom},
    },
    responses::Failed,
    rooms::filter::{decode, encode},
};

const DEFAULT_PAGE: usize = 50;

/// Lists rooms, latest activity first.
///
/// An agent is shown the rooms that nobody has taken and their own. A page with filters may be
/// short, or empty, and yet have a `next`.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms",
    operation_id = "qontak_list_rooms",
    tag = TAG,
    params(
        ("status" = Option<String>, Query, pattern = "^(all|unassigned|assigned|resolved|campaign|deleted)?$", description = "`unassigned`, `assigned`, `resolved` or `all` (the default). `campaign` and `deleted` find nothing."),
        ("sessions" = Option<String>, Query, pattern = "^(open|expiring|expired)$", description = "Rooms whose reply window is `open`, `expiring` or `expired`."),
        ("tags[]" = Option<String>, Query, min_length = 1, max_length = 50, description = "Rooms that bear this tag, or one of several."),
        ("untagged" = Option<bool>, Query, description = "Rooms that bear no tag."),
        ("user_ids[]" = Option<String>, Query, format = "uuid", description = "Rooms that this member has, or had when they were resolved; or one of several."),
        ("channels[]" = Option<String>, Query, description = "Rooms of these channels: `wa_cloud` (or `wa`); others find nothing."),
        ("target_channel" = Option<String>, Query, description = "The same as `channels[]`."),
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Rooms of this channel account."),
        ("response_status[]" = Option<String>, Query, pattern = "^(responded|unresponded)$", description = "`responded`, `unresponded`, or both."),
        ("type[]" = Option<String>, Query, description = "`Models::CustomerServiceRoom`; others find nothing."),
        ("query" = Option<String>, Query, max_length = 100, description = "Rooms of the contacts whom this finds: the beginning of any word of a name, or of a number, 1 to 100 characters. They come in the order of their contacts' names."),
        ("start_date" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?)?$", description = "Rooms that were last active on this day (`2026-11-22`) or later, or from this moment on (RFC 3339)."),
        ("end_date" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?)?$", description = "Rooms that were last active on this day or earlier, or before this moment."),
        ("time_offset" = Option<i32>, Query, minimum = -12, maximum = 14, description = "Where the days begin: whole hours east of UTC, -12 to 14; 0 if not given."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rooms a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_rooms(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakRoom>>, Failed> {
    let known: Vec<_> = FILTERS.into_iter().chain(["query"]).collect();
    let asked = asked.only(&known)?;
    let filter = filter::filter(&asked)?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = filter::list_name(&caller, "inbox", &asked);
    if let Some(query) = asked.parameters().get("query").filter(|query| !query.is_empty()) {
        let found = searched(&api, &caller, &asked, (query, filter, &list), limit, &ctx).await?;
        return Ok(Json(found));
    }
    let after = asked.cursor().map(|text| decode(&list, text)).transpose()?;
    let page = match filter {
        None => InboxPage::default(),
        Some(filter) => rooms::list_rooms(&api.table, &caller, &filter, after, limit, &ctx).await?,
    };
    let company = Company::of(&api, &caller, &ctx).await?;
    Ok(Json(shown(&page, &company, limit, &list)))
}

/// Lists the rooms that are not resolved and whose reply window is closed, oldest activity first.
///
/// A page may be short, or empty, and yet have a `next`.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/list/expired",
    operation_id = "qontak_list_expired_rooms",
    tag = TAG,
    params(
        ("channels[]" = Option<String>, Query, description = "Rooms of these channels: `wa_cloud` (or `wa`); others find nothing."),
        ("target_channel" = Option<String>, Query, description = "The same as `channels[]`."),
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Rooms of this channel account."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rooms a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_expired_rooms(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakRoom>>, Failed> {
    let asked = asked.only(&["channels", "target_channel", "channel_integration_id"])?;
    let filter = filter::filter(&asked)?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = filter::list_name(&caller, "expired", &asked);
    let after = asked.cursor().map(|text| decode(&list, text)).transpose()?;
    let page = match filter {
        None => InboxPage::default(),
        Some(filter) => {
            rooms::list_expired_rooms(&api.table, &caller, &filter, after, limit, &ctx).await?
        }
    };
    let company = Company::of(&api, &caller, &ctx).await?;
    Ok(Json(shown(&page, &company, limit, &list)))
}

/// A page of what a search finds.
async fn searched(
    api: &Api,
    caller: &Caller,
    asked: &Asked,
    (query, filter, list): (&str, Option<Filter>, &str),
    limit: usize,
    ctx: &Ctx,
) -> Result<Page<QontakRoom>, Failed> {
    let beginnings =
        contact::search(Some(query)).map_err(|error| Problem::field("query", error.to_string()))?;
    let place = |text| {
        let place = ContactPlace::parse(&cursor::decode(list, text)?, &beginnings);
        place.ok_or_else(cursor::refused)
    };
    let after = asked.cursor().map(place).transpose()?;
    let found = match filter {
        None => RoomsFound { rooms: Vec::new(), next: None },
        Some(filter) => {
            rooms::search_rooms(&api.table, caller, &beginnings, &filter, after, limit, ctx).await?
        }
    };
    let company = Company::of(api, caller, ctx).await?;
    let views = found.rooms.iter().map(|room| QontakRoom::new(room, &company)).collect();
    let next = found.next.map(|next| cursor::encode(list, &next.to_string()));
    Ok(Page::new(views, limit, next))
}

fn shown(page: &InboxPage, company: &Company, limit: usize, list: &str) -> Page<QontakRoom> {
    let rooms = page.rooms.iter().map(|standing| QontakRoom::new(&standing.room, company));
    Page::new(rooms.collect(), limit, page.next.map(|next| encode(list, next)))
}
