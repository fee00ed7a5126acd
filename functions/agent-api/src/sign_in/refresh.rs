//! `POST /v1/sign_in/refresh`.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::{RefreshCookie, SignInView, no_cookie, signed_in};
use crate::{
    Api,
    envelope::One,
    responses::{Failed, ProblemBody},
};

/// Exchanges the cookie for another access token and another cookie.
///
/// Each cookie is good once. One that is used again, later than 30 seconds after its successor was
/// handed out, ends the sign-in: 401 `session_over`.
#[utoipa::path(
    post,
    path = "/v1/sign_in/refresh",
    params(
        ("__Host-sapa_refresh" = Option<String>, Cookie, description = "What the sign-in or the last refresh set."),
    ),
    responses(
        (status = 200, body = One<SignInView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn refresh_sign_in(
    State(api): State<Arc<Api>>,
    RefreshCookie(token): RefreshCookie,
) -> Response {
    match api.sign_ins.refresh_sign_in(&token).await {
        Ok(tokens) => signed_in(tokens),
        // What is over is forgotten; what merely failed may be tried again.
        Err(problem) if problem.status == 401 => (no_cookie(), Failed(problem)).into_response(),
        Err(problem) => Failed(problem).into_response(),
    }
}
