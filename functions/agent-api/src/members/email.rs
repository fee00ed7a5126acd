//! `PUT /v1/users/{id}/email`.

use std::sync::Arc;

use app::{members, views::UserView};
use axum::{Json, extract::State};
use domain::integration::Member;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// The right address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectedEmail {
    /// Where the invitation should have gone.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
}

/// Corrects the address of somebody who was invited and has never signed in; the invitation goes
/// out again.
///
/// An address that was verified, or that another organization has to do with, is its owner's
/// alone: 409 `not_correctable`. Needs the role `admin`.
#[utoipa::path(
    put,
    path = "/v1/users/{id}/email",
    params(("id" = String, Path, description = "The member's id.")),
    request_body = CorrectedEmail,
    responses(
        (status = 200, body = One<UserView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn correct_email(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Member>,
    Body(body): Body<CorrectedEmail>,
) -> Result<Json<One<UserView>>, Failed> {
    let pool = &api.sign_ins.pool;
    let person = members::correct_email(&api.table, pool, &caller, id, &body.email, &ctx).await?;
    Ok(Json(One::new(UserView::new(&person))))
}
