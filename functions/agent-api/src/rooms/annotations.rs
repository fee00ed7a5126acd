//! `GET /v1/rooms/{id}/annotations`.

use std::sync::Arc;

use app::{rooms, views::AnnotationView};
use axum::{Json, extract::State};
use domain::room::Room;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::{Parameters, PathId},
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 100;

/// Lists reactions, edits and deletions in a room, by the message that they are about.
///
/// The histories show each on its message. Here are also those about messages that are not known
/// here, such as ones of before the number was connected. Of each message, side and kind it is
/// the latest; the order of the messages means nothing.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/annotations",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Messages a page whose annotations are listed: 1 to 100, 100 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<AnnotationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_annotations(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    parameters: Parameters,
) -> Result<Json<Page<AnnotationView>>, Failed> {
    let parameters = parameters.only(&["limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/rooms/{id}/annotations", caller.organization_id);
    // The place is an id alone; a moment of its own it has not.
    let after = parameters.get("cursor").map(|text| cursor::decode_moment(&list, text));
    let after = after.transpose()?.map(|(_, id)| id);
    let rows = i32::try_from(limit).unwrap_or(100);
    let page = rooms::list_annotations(&api.table, &caller, id, after, rows, &ctx).await?;
    let views = page.annotations.iter().flat_map(AnnotationView::all).collect();
    let start = domain::Time::from_millis(0);
    let next = page.next.map(|next| cursor::encode_moment(&list, start, next));
    Ok(Json(Page::new(views, limit, next)))
}
