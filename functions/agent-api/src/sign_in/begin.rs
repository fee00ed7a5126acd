//! `POST /v1/sign_in` and `POST /v1/sign_in/new_password`.

use std::sync::Arc;

use app::sign_in::Beginning;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SignInView, SourceAddress, kept_by_nobody, signed_in};
use crate::{
    Api,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// An address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The e-mail address; capitals make no difference.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
    /// The password.
    #[schema(min_length = 1, max_length = 256, example = "Kopi-Susu-2026")]
    password: String,
}

/// Signs somebody in. The answer sets a cookie, `__Host-sapa_refresh`, for refreshing.
///
/// An unknown address and a wrong password get the same answer, 401 `wrong_password`. If the
/// password was a first one, `challenge` is `new_password`.
#[utoipa::path(
    post,
    path = "/v1/sign_in",
    request_body = SignIn,
    responses(
        (status = 200, body = One<SignInView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn begin_sign_in(
    State(api): State<Arc<Api>>,
    SourceAddress(source): SourceAddress,
    Body(body): Body<SignIn>,
) -> Result<Response, Failed> {
    let begun = api.sign_ins.begin_sign_in(&body.email, &body.password, source.as_deref()).await?;
    Ok(match begun {
        Beginning::SignedIn(tokens) => signed_in(*tokens),
        Beginning::NewPasswordNeeded { session } => {
            let view = SignInView {
                access_token: None,
                expires_in: None,
                organizations: Vec::new(),
                challenge: Some("new_password"),
                session: Some(session),
            };
            kept_by_nobody(Json(One::new(view)).into_response())
        }
    })
}

/// The first password of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The address that was signed in with.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
    /// The session that the sign-in answered with.
    #[schema(min_length = 1, max_length = 2048)]
    session: String,
    /// 12 to 256 characters, among them a small and a capital letter, a digit and a symbol.
    #[schema(min_length = 12, max_length = 256, example = "Kopi-Susu-2026")]
    new_password: String,
}

/// Chooses one's own password in place of the first one, and signs in.
#[utoipa::path(
    post,
    path = "/v1/sign_in/new_password",
    request_body = NewPassword,
    responses(
        (status = 200, body = One<SignInView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn choose_password(
    State(api): State<Arc<Api>>,
    SourceAddress(source): SourceAddress,
    Body(body): Body<NewPassword>,
) -> Result<Response, Failed> {
    let NewPassword { email, session, new_password } = body;
    let source = source.as_deref();
    let chosen = api.sign_ins.choose_password(&email, &session, &new_password, source).await?;
    Ok(signed_in(chosen))
}
