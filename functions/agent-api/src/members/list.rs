//! `GET /v1/users`.

use std::sync::Arc;

use app::{members, views::UserView};
use axum::{Json, extract::State};

use super::role;
use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 50;

/// Lists the organization's members.
#[utoipa::path(
    get,
    path = "/v1/users",
    params(
        ("role" = Option<String>, Query, pattern = "^(agent|supervisor|admin)$", description = "Only `agent`, `supervisor` or `admin`."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Members a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_users(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<UserView>>, Failed> {
    let parameters = parameters.only(&["role", "limit", "cursor"])?;
    let only = parameters.get("role").map(role).transpose()?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let name = only.map_or("all", |role| role.name());
    let list = format!("{}/users/{name}", caller.organization_id);
    let after = parameters.get("cursor").map(|text| cursor::decode_id(&list, text)).transpose()?;
    let page = members::list_members(&api.table, &caller, only, limit, after).await?;
    let views = page.members.iter().map(UserView::new).collect();
    let next = page.next.map(|id| cursor::encode(&list, &id.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
