//! `PUT /v1/users/{id}`.

use std::sync::Arc;

use app::{
    members::{self, Edit},
    views::UserView,
};
use axum::{Json, extract::State};
use domain::integration::Member;
use serde::Deserialize;
use utoipa::ToSchema;

use super::RoleName;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// What changes; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserEdit {
    /// The name colleagues see: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `agent`, `supervisor` or `admin`.
    role: Option<RoleName>,
}

/// Gives a member another name or role, from their next request on.
///
/// The last admin who has signed in stays one: 409 `last_admin`. Needs the role `admin`.
#[utoipa::path(
    put,
    path = "/v1/users/{id}",
    params(("id" = String, Path, description = "The member's id.")),
    request_body = UserEdit,
    responses(
        (status = 200, body = One<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn edit_user(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Member>,
    Body(body): Body<UserEdit>,
) -> Result<Json<One<UserView>>, Failed> {
    let edit = Edit { name: body.name, role: body.role.map(Into::into) };
    let person = members::edit_member(&api.table, &caller, id, &edit).await?;
    Ok(Json(One::new(UserView::new(&person))))
}
