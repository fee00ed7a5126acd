//! `DELETE /v1/users/{id}`.

use std::sync::Arc;

use app::members;
use axum::{extract::State, http::StatusCode};
use domain::integration::Member;

use crate::{
    Api,
    caller::Authenticated,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Removes a member, who is out from the next request on.
///
/// The last admin who has signed in stays: 409 `last_admin`. Needs the role `admin`.
#[utoipa::path(
    delete,
    path = "/v1/users/{id}",
    params(("id" = String, Path, description = "The member's id.")),
    responses(
        (status = 204, description = "They are no member."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove_user(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Member>,
) -> Result<StatusCode, Failed> {
    members::remove_member(&api.table, &caller, id, &ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}
