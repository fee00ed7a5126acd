//! Qontak's error format: `{"status": "error", "error": {"code": 422, "messages": [...]}}`.
//!
//! Handlers fail as they do everywhere, with a `Problem`; the outermost layer says it again in the
//! words of whoever asked. So nothing that answers below the prefix, neither the gate nor the
//! router, can fail in another format. `code` is the HTTP status, as Qontak's clients read it as a
//! number. `problem` and `field` are ours: the stable name of the problem, and what to correct.

use axum::{
    Json,
    extract::Request,
    http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
    middleware::Next,
    response::{IntoResponse, Response},
};
use platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::PREFIX;

/// An error in Qontak's format.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QontakError {
    /// Always `error`.
    #[schema(example = "error")]
    status: &'static str,
    error: QontakFault,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QontakFault {
    /// The HTTP status.
    code: u16,
    /// What happened and what is allowed, for people; begins with the field at fault.
    messages: Vec<String>,
    /// The stable name of this problem, for programs. Qontak has no such field.
    #[schema(example = "window_closed")]
    problem: &'static str,
    /// The field, parameter or header at fault. Qontak has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl QontakError {
    fn new(problem: Problem) -> Self {
        let Problem { status: code, code: name, detail, field, .. } = problem;
        let message = match &field {
            Some(field) => format!("{field}: {detail}"),
            None => detail,
        };
        let error = QontakFault { code, messages: vec![message], problem: name, field };
        Self { status: "error", error }
    }
}

/// Answers in Qontak's format whoever asks below Qontak's prefix.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let is_theirs = request.uri().path().strip_prefix(PREFIX).is_some_and(|rest| {
        // A path that only begins alike is somebody else's.
        rest.is_empty() || rest.starts_with('/')
    });
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) if is_theirs => said_again(response, problem),
        Some(_) | None => response,
    }
}

/// The same status and headers, with another body.
fn said_again(response: Response, problem: Problem) -> Response {
    let status = response.status();
    let mut headers: HeaderMap = response.headers().clone();
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    (status, headers, Json(QontakError::new(problem))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_its_field_first() {
        let error = QontakError::new(Problem::field("room_id", "This field is missing."));
        let shown = serde_json::to_value(error).unwrap();
        let expected = serde_json::json!({
            "status": "error",
            "error": {
                "code": 400, "messages": ["room_id: This field is missing."],
                "problem": "invalid_field", "field": "room_id",
            },
        });
        assert_eq!(shown, expected);
    }
}
