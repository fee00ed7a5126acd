//! The page with the customer's phone, and its parts.
//!
//! No framework, nothing from elsewhere: the policy lets the page load only what stands here. What
//! agents write is shown as text, never as HTML, and the policy would run nothing of it.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob:; media-src 'self'; connect-src 'self'; base-uri 'self'; \
                      form-action 'none'; frame-ancestors 'none'";

/// `GET /`.
pub(super) async fn show() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Html(include_str!("page/page.html"))).into_response()
}

/// `GET /{asset}`.
pub(super) async fn asset(Path(asset): Path<String>) -> Response {
    let script = "text/javascript; charset=utf-8";
    let (kind, text) = match asset.as_str() {
        "phone.css" => ("text/css; charset=utf-8", include_str!("page/phone.css")),
        "phone.js" => (script, include_str!("page/phone.js")),
        "bubbles.js" => (script, include_str!("page/bubbles.js")),
        "panel.js" => (script, include_str!("page/panel.js")),
        "samples.js" => (script, include_str!("page/samples.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
