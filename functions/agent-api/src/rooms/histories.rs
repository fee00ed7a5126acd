//! `GET /v1/rooms/{id}/histories`.

use std::sync::Arc;

use app::{rooms, views::MessageView};
use axum::{Json, extract::State};
use domain::{message::Position, room::Room};

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::{Parameters, PathId},
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 20;

/// Lists a room's messages, newest first, with the reactions on them; edited and deleted ones as
/// their authors left them.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/histories",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Messages a page: 1 to 100, 20 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<MessageView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_messages(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    parameters: Parameters,
) -> Result<Json<Page<MessageView>>, Failed> {
    let parameters = parameters.only(&["limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/rooms/{id}/histories", caller.organization_id);
    let before = parameters.get("cursor").map(|text| cursor::decode_moment(&list, text));
    let before = before.transpose()?.map(|(at, id)| Position { at, id });
    let rows = i32::try_from(limit).unwrap_or(100);
    let page = rooms::list_messages(&api.table, &caller, id, before, rows, &ctx).await?;
    let messages = MessageView::page(&page.messages);
    let next = page.next.map(|next| cursor::encode_moment(&list, next.at, next.id));
    Ok(Json(Page::new(messages, limit, next)))
}
