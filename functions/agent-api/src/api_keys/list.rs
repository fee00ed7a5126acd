//! `GET /v1/api_keys`.

use std::sync::Arc;

use app::{api_keys, views::ApiKeyView};
use axum::{Json, extract::State};

use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

/// Lists the organization's keys, at most a hundred. Needs the role `admin`.
#[utoipa::path(
    get,
    path = "/v1/api_keys",
    responses(
        (status = 200, body = Page<ApiKeyView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_api_keys(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<ApiKeyView>>, Failed> {
    parameters.only(&[])?;
    let keys = api_keys::list_keys(&api.table, &caller).await?;
    let views: Vec<_> = keys.iter().map(ApiKeyView::new).collect();
    let limit = views.len();
    Ok(Json(Page::new(views, limit, None)))
}
