//! `GET /qontak/chat/v1/rooms` and `/rooms/list/expired`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use store::InboxPage;

use super::filter::{self, FILTERS};
use crate::{
    Api,
    caller::Authenticated,
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
        ("status" = Option<String>, Query, description = "`unassigned`, `assigned`, `resolved` or `all` (the default). `campaign` and `deleted` find nothing."),
        ("sessions" = Option<String>, Query, description = "Rooms whose reply window is `open`, `expiring` or `expired`."),
        ("tags[]" = Option<String>, Query, description = "Rooms that bear this tag: one."),
        ("untagged" = Option<bool>, Query, description = "Rooms that bear no tag."),
        ("user_ids[]" = Option<String>, Query, description = "Rooms that this member has, or had when they were resolved: one."),
        ("channels[]" = Option<String>, Query, description = "Rooms of these channels: `wa_cloud` (or `wa`); others find nothing."),
        ("target_channel" = Option<String>, Query, description = "The same as `channels[]`."),
        ("channel_integration_id" = Option<String>, Query, description = "Rooms of this channel account."),
        ("response_status[]" = Option<String>, Query, description = "`responded`, `unresponded`, or both."),
        ("type[]" = Option<String>, Query, description = "`Models::CustomerServiceRoom`; others find nothing."),
        ("limit" = Option<u32>, Query, description = "Rooms a page: 1 to 100, 50 if not given."),
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
    let asked = asked.only(&FILTERS)?;
    let filter = filter::filter(&asked)?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = filter::list_name(&caller, "inbox", &asked);
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
        ("channel_integration_id" = Option<String>, Query, description = "Rooms of this channel account."),
        ("limit" = Option<u32>, Query, description = "Rooms a page: 1 to 100, 50 if not given."),
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

fn shown(page: &InboxPage, company: &Company, limit: usize, list: &str) -> Page<QontakRoom> {
    let rooms = page.rooms.iter().map(|standing| QontakRoom::new(&standing.room, company));
    Page::new(rooms.collect(), limit, page.next.map(|next| encode(list, next)))
}
