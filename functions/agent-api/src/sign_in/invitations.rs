//! `POST /v1/me/invitations/{organization_id}/accept` and `.../decline`.

use std::sync::Arc;

use app::{members, views::MeView};
use axum::{Json, extract::State, http::StatusCode};
use domain::integration::Organization;

use crate::{
    Api,
    caller::Invited,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Accepts an organization's invitation: one is a member from now on, and may name it in
/// `X-Organization-Id`.
///
/// Which invitations are open, signing in and `GET /v1/me` tell: the organizations that are
/// `is_pending`. Accepting again does the same; one that was withdrawn is 404. A key is told 422
/// `person_needed`.
#[utoipa::path(
    post,
    path = "/v1/me/invitations/{organization_id}/accept",
    params(("organization_id" = String, Path, description = "The id of the organization that invites.")),
    responses(
        (status = 200, body = One<MeView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn accept_invitation(
    State(api): State<Arc<Api>>,
    Invited { invitee, .. }: Invited,
    PathId(organization_id): PathId<Organization>,
) -> Result<Json<One<MeView>>, Failed> {
    let person = members::accept_invitation(&api.table, &invitee, organization_id).await?;
    Ok(Json(One::new(MeView::new(&person, organization_id))))
}

/// Declines an organization's invitation, which is no more then; an admin may invite again.
///
/// Who has accepted is told 409 `already_member`: an admin removes members.
#[utoipa::path(
    post,
    path = "/v1/me/invitations/{organization_id}/decline",
    params(("organization_id" = String, Path, description = "The id of the organization that invites.")),
    responses(
        (status = 204, description = "There is no invitation any more."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn decline_invitation(
    State(api): State<Arc<Api>>,
    Invited { invitee, ctx }: Invited,
    PathId(organization_id): PathId<Organization>,
) -> Result<StatusCode, Failed> {
    members::decline_invitation(&api.table, &invitee, organization_id, &ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}
