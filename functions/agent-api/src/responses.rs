//! Failures as responses.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem on its way to the client.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) Problem);

/// `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: `code` says what it is.
    r#type: &'static str,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable name of this problem, for programs.
    #[schema(example = "window_closed")]
    code: &'static str,
    /// What happened and what is allowed, for people.
    detail: String,
    /// The field, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        // For whoever says it again in another format (`qontak::envelope`).
        let problem = self.0.clone();
        let Problem { status, code, detail, field, retry_after } = self.0;
        let http = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = http.canonical_reason().unwrap_or("Error");
        let body = ProblemBody { r#type: "about:blank", title, status, code, detail, field };
        let mut response = (http, Json(body)).into_response();
        response.extensions_mut().insert(problem);
        let kind = header::HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        if http == StatusCode::UNAUTHORIZED {
            let bearer = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
