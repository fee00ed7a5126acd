//! `POST /v1/users` and `POST /v1/users/{id}/invite`.

use std::sync::Arc;

use app::{
    members::{self, Invitation},
    views::UserView,
};
use axum::{Json, extract::State, http::StatusCode};
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

/// Somebody to work with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Where the invitation goes, and what they sign in with.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
    /// The name colleagues see: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Ani")]
    name: String,
    /// `agent`, `supervisor` or `admin`.
    role: RoleName,
}

/// Invites somebody. Who is new gets a first password by e-mail, good for seven days. Who signs in
/// already is shown the invitation there, and is `is_pending` until they accept it.
///
/// The same invitation again finishes one that broke off; a member of another name or role is 409
/// `already_member`. Needs the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/users",
    request_body = NewUser,
    responses(
        (status = 201, body = One<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn invite_user(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<NewUser>,
) -> Result<(StatusCode, Json<One<UserView>>), Failed> {
    let invitation = Invitation { email: body.email, name: body.name, role: body.role.into() };
    let pool = &api.sign_ins.pool;
    let person = members::invite_member(&api.table, pool, &caller, &invitation, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(UserView::new(&person)))))
}

/// Sends somebody who has never signed in another first password. Needs the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/invite",
    params(("id" = String, Path, description = "The member's id.")),
    responses(
        (status = 200, body = One<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn invite_user_again(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Member>,
) -> Result<Json<One<UserView>>, Failed> {
    let person = members::invite_again(&api.table, &api.sign_ins.pool, &caller, id, &ctx).await?;
    Ok(Json(One::new(UserView::new(&person))))
}
