//! `GET /qontak/chat/v1/users`.

use std::sync::Arc;

use app::members;
use axum::{Json, extract::State};

use super::{TAG, asked::Asked, envelope::QontakError, views::QontakUser};
use crate::{Api, caller::Authenticated, cursor, envelope::Page, members::role, responses::Failed};

const DEFAULT_PAGE: usize = 50;

/// Lists the organization's members.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/users",
    operation_id = "qontak_list_users",
    tag = TAG,
    params(
        ("role" = Option<String>, Query, description = "Only `agent`, `supervisor` or `admin`."),
        ("limit" = Option<u32>, Query, description = "Members a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakUser>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_users(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakUser>>, Failed> {
    let asked = asked.only(&["role"])?;
    let only = asked.parameters().get("role").map(role).transpose()?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = format!("{}/qontak/users/{}", caller.organization_id, asked.question());
    let after = asked.cursor().map(|text| cursor::decode_id(&list, text)).transpose()?;
    let page = members::list_members(&api.table, &caller, only, limit, after).await?;
    let company = caller.organization_id.to_string();
    let views = page.members.iter().map(|person| QontakUser::new(person, &company)).collect();
    let next = page.next.map(|id| cursor::encode(&list, &id.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
