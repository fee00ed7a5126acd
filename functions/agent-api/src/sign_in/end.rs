//! `POST /v1/sign_out`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{RefreshCookie, no_cookie};
use crate::{
    Api,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// How far out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOut {
    /// Whether all other sign-ins of the same person end, too.
    #[serde(default)]
    everywhere: bool,
}

/// Ends the sign-in of the cookie, and takes the cookie away.
///
/// It can't be refreshed from now on. The access token that was handed out last is good until it
/// expires, ten minutes at most: throw it away.
#[utoipa::path(
    post,
    path = "/v1/sign_out",
    params(
        ("__Host-sapa_refresh" = Option<String>, Cookie, description = "What the sign-in or the last refresh set."),
    ),
    request_body = Option<SignOut>,
    responses(
        (status = 204, description = "Signed out, whether one was signed in or not."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn end_sign_in(
    State(api): State<Arc<Api>>,
    RefreshCookie(token): RefreshCookie,
    Body(body): Body<SignOut>,
) -> Result<Response, Failed> {
    api.sign_ins.end_sign_in(&token, body.everywhere).await?;
    Ok((StatusCode::NO_CONTENT, no_cookie()).into_response())
}
