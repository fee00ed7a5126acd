//! `GET /v1/users/{id}`.

use std::sync::Arc;

use app::{members, views::UserView};
use axum::{Json, extract::State};
use domain::integration::Member;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Shows a member.
#[utoipa::path(
    get,
    path = "/v1/users/{id}",
    params(("id" = String, Path, description = "The member's id.")),
    responses(
        (status = 200, body = One<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_user(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Member>,
) -> Result<Json<One<UserView>>, Failed> {
    let person = members::show_member(&api.table, &caller, id).await?;
    Ok(Json(One::new(UserView::new(&person))))
}
