//! `PUT /v1/me/email` and `POST /v1/me/email/confirm`.

use std::sync::Arc;

use app::{members, views::MeView};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// Another address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedEmail {
    /// The address to sign in with from its confirmation on.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "ani@example.com")]
    email: String,
    /// The password that one has: a token alone is not enough to take over an address.
    #[schema(min_length = 1, max_length = 256, format = Password)]
    password: String,
}

/// Wants another address for oneself: a code is sent there.
///
/// Until it is confirmed the old one stays. An address that somebody else has is not told apart.
#[utoipa::path(
    put,
    path = "/v1/me/email",
    request_body = WantedEmail,
    responses(
        (status = 202, description = "A code is under way."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn want_email(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    headers: HeaderMap,
    Body(body): Body<WantedEmail>,
) -> Result<StatusCode, Failed> {
    let WantedEmail { email, password } = body;
    api.sign_ins.want_email(&caller, access_token(&headers), &email, &password).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The code that was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The code.
    #[schema(min_length = 1, max_length = 20, example = "123456")]
    code: String,
}

/// Confirms the address that one wants with the code that was sent there.
#[utoipa::path(
    post,
    path = "/v1/me/email/confirm",
    request_body = Confirmation,
    responses(
        (status = 200, body = One<MeView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn confirm_email(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    headers: HeaderMap,
    Body(body): Body<Confirmation>,
) -> Result<Json<One<MeView>>, Failed> {
    api.sign_ins.confirm_email(&caller, access_token(&headers), &body.code).await?;
    let person = members::show_me(&api.table, &caller).await?;
    Ok(Json(One::new(MeView::new(&person, caller.organization_id))))
}

/// The token that the gate has verified.
fn access_token(headers: &HeaderMap) -> &str {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|header| header.split_once(' ')).map_or("", |(_, token)| token)
}
