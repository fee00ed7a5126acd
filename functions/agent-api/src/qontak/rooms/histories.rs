//! `GET /qontak/chat/v1/rooms/{id}/histories`.

use std::sync::Arc;

use app::{files, rooms};
use axum::{Json, extract::State};
use domain::{message::Position, room::Room};

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    qontak::{
        TAG,
        asked::Asked,
        envelope::QontakError,
        views::{Company, QontakMessage, Shown, media},
    },
    request::PathId,
    responses::Failed,
};

const DEFAULT_PAGE: usize = 20;

/// Lists a room's messages, newest first; edited and deleted ones as their authors left them.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/{id}/histories",
    operation_id = "qontak_list_messages",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Messages a page: 1 to 100, 20 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakMessage>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_messages(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    asked: Asked,
) -> Result<Json<Page<QontakMessage>>, Failed> {
    let asked = asked.only(&[])?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = format!("{}/qontak/rooms/{id}/histories", caller.organization_id);
    let before = asked.cursor().map(|text| cursor::decode_moment(&list, text));
    let before = before.transpose()?.map(|(at, id)| Position { at, id });
    let rows = i32::try_from(limit).unwrap_or(100);
    let room = rooms::show_room(&api.table, &caller, id).await?;
    let page = rooms::list_messages(&api.table, &caller, id, before, rows, &ctx).await?;
    let company = Company::of(&api, &caller, &ctx).await?;
    let mut views = Vec::new();
    for shown in &page.messages {
        // A link is made here, and asks nobody.
        let link = match media(&shown.message.content) {
            Some(media) => files::link_media(&api.files, media, &ctx).await?,
            None => None,
        };
        let url = link.map(|link| link.url);
        views.push(QontakMessage::new(Shown { shown, room: &room, url }, &company));
    }
    let next = page.next.map(|next| cursor::encode_moment(&list, next.at, next.id));
    Ok(Json(Page::new(views, limit, next)))
}
