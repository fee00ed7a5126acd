//! `DELETE /v1/api_keys/{id}`.

use std::sync::Arc;

use app::api_keys;
use axum::{extract::State, http::StatusCode};
use domain::api_key::ApiKey;

use crate::{
    Api,
    caller::Authenticated,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Withdraws a key: it opens nothing from that moment on. Needs the role `admin`.
#[utoipa::path(
    delete,
    path = "/v1/api_keys/{id}",
    params(("id" = String, Path, description = "The key's id.")),
    responses(
        (status = 204, description = "The key opens nothing."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke_api_key(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<ApiKey>,
) -> Result<StatusCode, Failed> {
    api_keys::revoke_key(&api.table, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
