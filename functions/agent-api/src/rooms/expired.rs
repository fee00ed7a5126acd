//! `GET /v1/rooms/list/expired`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::Time;

use super::filter;
use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 50;

/// Lists the rooms that are not resolved and whose reply window is closed, oldest activity first.
///
/// One request reads 400 rooms at most, so that a page may be short, or empty, and yet have a
/// `next`: the list ends where `next` is null.
#[utoipa::path(
    get,
    path = "/v1/rooms/list/expired",
    params(
        ("channel" = Option<String>, Query, pattern = "^wa_cloud$", description = "Rooms of this channel: `wa_cloud`."),
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Rooms of this channel account."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rooms a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_expired_rooms(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<RoomView>>, Failed> {
    let known = ["channel", "channel_integration_id", "limit", "cursor"];
    let parameters = parameters.only(&known)?;
    let filter = filter::filter(&parameters)?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = filter::list_name(&caller, "expired", &parameters);
    let after = parameters.get("cursor").map(|text| filter::decode(&list, text)).transpose()?;
    let page = rooms::list_expired_rooms(&api.table, &caller, &filter, after, limit, &ctx).await?;
    let now = Time::from(ctx.now);
    let rooms = page.rooms.iter().map(|standing| RoomView::new(&standing.room, now)).collect();
    let next = page.next.map(|next| filter::encode(&list, next));
    Ok(Json(Page::new(rooms, limit, next)))
}
