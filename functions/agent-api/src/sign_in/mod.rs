//! Operations on one's own sign-in: one file each.

pub(crate) mod begin;
pub(crate) mod email;
pub(crate) mod end;
pub(crate) mod invitations;
pub(crate) mod me;
pub(crate) mod password;
pub(crate) mod refresh;

use app::{sign_in::SignedIn, views::OrganizationView};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use lambda_http::request::RequestContext;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{envelope::One, responses::Failed};

/// The cookie's name. With this prefix a browser takes it from this very host only, over TLS, for
/// all of its paths (RFC 6265bis, 4.1.3.2).
const COOKIE_NAME: &str = "__Host-sapa_refresh";

/// What a sign-in yields, or what it still needs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignInView {
    /// What requests bear: `Authorization: Bearer ...`. Null if `challenge` is not.
    access_token: Option<String>,
    /// Seconds that it lives.
    expires_in: Option<i32>,
    /// The organizations to choose from. With more than one, requests name theirs in
    /// `X-Organization-Id`; one that is pending is an invitation, to be accepted first.
    organizations: Vec<OrganizationView>,
    /// `new_password`: the password was a first one, and another must be chosen.
    challenge: Option<&'static str>,
    /// What the choice is to be sent with.
    session: Option<String>,
}

/// The answer to a sign-in: an access token for the page, and a cookie that no script can read.
fn signed_in(signed_in: SignedIn) -> Response {
    let cookie = set_cookie(&signed_in.refresh_token, domain::sign_in::LIFE.as_secs());
    let view = SignInView {
        access_token: Some(signed_in.access_token),
        expires_in: Some(signed_in.expires_in),
        organizations: signed_in.organizations.iter().map(OrganizationView::new).collect(),
        challenge: None,
        session: None,
    };
    kept_by_nobody((cookie, Json(One::new(view))).into_response())
}

/// Tokens are not for caches.
pub(crate) fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn set_cookie(value: &str, seconds: i64) -> HeaderMap {
    let text = format!(
        "{COOKIE_NAME}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict"
    );
    // Our own tokens are plain ASCII.
    HeaderValue::from_str(&text).map(|value| (SET_COOKIE, value)).into_iter().collect()
}

fn no_cookie() -> HeaderMap {
    set_cookie("", 0)
}

/// The token in the cookie; empty if there is none, which is a token of nobody's.
pub(crate) struct RefreshCookie(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for RefreshCookie {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let headers = parts.headers.get_all(COOKIE).iter();
        let cookies = headers.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
        let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        let token = pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value);
        Ok(Self(token.unwrap_or_default().to_owned()))
    }
}

/// The network address that a request came from, if the gateway tells.
pub(crate) struct SourceAddress(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for SourceAddress {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        Ok(Self(match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        }))
    }
}
