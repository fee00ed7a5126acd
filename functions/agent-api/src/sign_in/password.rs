//! `POST /v1/password/forgot` and `POST /v1/password/reset`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SourceAddress;
use crate::{
    Api,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// Whose password it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgot {
    /// The e-mail address; capitals make no difference.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
}

/// Has a code sent to the address, if somebody signs in with it. The answer never tells.
#[utoipa::path(
    post,
    path = "/v1/password/forgot",
    request_body = Forgot,
    responses(
        (status = 202, description = "A code is under way if the address is known."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn forgot_password(
    State(api): State<Arc<Api>>,
    SourceAddress(source): SourceAddress,
    Body(body): Body<Forgot>,
) -> Result<StatusCode, Failed> {
    api.sign_ins.forgot_password(&body.email, source.as_deref()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The code and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    /// The address that the code was sent to.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
    /// The code.
    #[schema(min_length = 1, max_length = 20, example = "123456")]
    code: String,
    /// 12 to 256 characters, among them a small and a capital letter, a digit and a symbol.
    #[schema(min_length = 12, max_length = 256, example = "Kopi-Susu-2026")]
    new_password: String,
}

/// Sets the password anew with the code that was sent. All sign-ins of the person end.
///
/// A wrong code and an unknown address get the same answer, 400 `wrong_code`.
#[utoipa::path(
    post,
    path = "/v1/password/reset",
    request_body = Reset,
    responses(
        (status = 204, description = "The new password is good from now on."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn reset_password(
    State(api): State<Arc<Api>>,
    SourceAddress(source): SourceAddress,
    Body(body): Body<Reset>,
) -> Result<StatusCode, Failed> {
    let Reset { email, code, new_password } = body;
    api.sign_ins.reset_password(&email, &code, &new_password, source.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
