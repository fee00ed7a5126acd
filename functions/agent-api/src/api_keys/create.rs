//! `POST /v1/api_keys`.

use std::sync::Arc;

use app::{
    api_keys::{self, Kind, NewKey},
    views::NewApiKeyView,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Time;
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    members::RoleName,
    request::Body,
    responses::{Failed, ProblemBody},
    sign_in::kept_by_nobody,
};

/// How a key proves itself.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum KindName {
    /// By a token.
    Bearer,
    /// By signatures.
    Hmac,
}

impl TryFrom<String> for KindName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "bearer" => Ok(Self::Bearer),
            "hmac" => Ok(Self::Hmac),
            _ => Err("the kind is `bearer` or `hmac`"),
        }
    }
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRequest {
    /// What to call it: 1 to 100 characters. What it sends bears this name.
    #[schema(min_length = 1, max_length = 100, example = "Gudang")]
    name: String,
    /// `bearer`, or `hmac` for signed requests.
    kind: KindName,
    /// `agent`, `supervisor` or `admin`.
    role: RoleName,
    /// What of its role it is held to, such as `rooms:read`; `all` if none are given.
    #[serde(default)]
    #[schema(max_items = 50)]
    scopes: Vec<String>,
    /// From when on it opens nothing, in RFC 3339; never, if not given.
    #[schema(format = DateTime, max_length = 40)]
    expires_at: Option<String>,
}

/// Makes a key. Its `secret` is in this answer and in no other. Needs the role `admin`.
///
/// A Bearer key is sent as `Authorization: Bearer <secret>`. Requests with an HMAC key bear a
/// `Date` within five minutes of now and `Authorization: hmac username="<username>",
/// algorithm="hmac-sha256", headers="date request-line", signature="<base64>"`, the signature being
/// over `date: <Date>`, a line feed, and `<METHOD> <path and query> HTTP/1.1`. A key may send 100
/// requests a minute and 10 a second: `X-RateLimit-Limit`, `X-RateLimit-Remaining` and
/// `X-RateLimit-Reset` (seconds) tell what is left, and past it comes 429 with `Retry-After`.
#[utoipa::path(
    post,
    path = "/v1/api_keys",
    request_body = KeyRequest,
    responses(
        (status = 201, body = One<NewApiKeyView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_api_key(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<KeyRequest>,
) -> Result<Response, Failed> {
    let expires_at = body.expires_at.as_deref().map(moment).transpose()?;
    let new = NewKey {
        name: body.name,
        kind: match body.kind {
            KindName::Bearer => Kind::Bearer,
            KindName::Hmac => Kind::Hmac,
        },
        role: body.role.into(),
        scopes: body.scopes,
        expires_at,
    };
    let (secrets, source) = (&api.sign_ins.secrets, &api.source);
    let made = api_keys::create_key(&api.table, secrets, source, &caller, &new, &ctx).await?;
    let view = NewApiKeyView::new(&made.key, made.secret);
    Ok(kept_by_nobody((StatusCode::CREATED, Json(One::new(view))).into_response()))
}

fn moment(text: &str) -> Result<Time, Problem> {
    let moment = text.parse::<jiff::Timestamp>().map(Time::from);
    moment.map_err(|_| Problem::field("expires_at", "It is a moment as RFC 3339 writes it."))
}
