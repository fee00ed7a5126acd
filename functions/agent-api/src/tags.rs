//! `GET /v1/tags`.

use std::sync::Arc;

use app::{rooms, views::TagView};
use axum::{Json, extract::State};

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 100;

/// Lists the tags that the organization has used, in the order of their names.
#[utoipa::path(
    get,
    path = "/v1/tags",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Tags a page: 1 to 100, 100 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<TagView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_tags(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<TagView>>, Failed> {
    let parameters = parameters.only(&["limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/tags", caller.organization_id);
    let after = parameters.get("cursor").map(|text| cursor::decode(&list, text)).transpose()?;
    let after = after.map(|name| rooms::tag_name("cursor", &name)).transpose()?;
    let rows = i32::try_from(limit).unwrap_or(100);
    let (tags, next) = rooms::list_tags(&api.table, &caller, after.as_ref(), rows).await?;
    let views = tags.iter().map(TagView::new).collect();
    let next = next.map(|next| cursor::encode(&list, next.as_str()));
    Ok(Json(Page::new(views, limit, next)))
}
