//! What a client is told when its request can't be served: `application/problem+json` (RFC 9457).
//!
//! `code` is stable and for programs, `detail` is for people, `field` names what to correct.
//! What an operator needs to know goes to the log instead, and never the other way round.

use serde::Serialize;

/// A refusal or failure, as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The HTTP status, repeated in the body as the RFC asks.
    pub status: u16,
    /// The stable name of this problem.
    pub code: &'static str,
    /// What happened and what is allowed, in a sentence or two.
    pub detail: String,
    /// The field, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which it is worth trying again: the `Retry-After` header.
    #[serde(skip)]
    pub retry_after: Option<i64>,
}

impl Problem {
    /// A problem that concerns no single field.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None, retry_after: None }
    }

    /// The same, to be tried again so many seconds later.
    pub fn after(self, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// A request that is wrong in one field: 400.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let field = field.into();
        Self { field: Some(field), ..Self::new(400, "invalid_field", detail) }
    }

    /// No such thing, or none that this caller may know of: 404.
    pub fn not_found(noun: &str) -> Self {
        Self::new(404, "not_found", format!("There is no such {noun}."))
    }

    /// A failure on our side; the cause is in the log: 500.
    pub fn internal() -> Self {
        Self::new(500, "internal", "Something failed on our side. It is safe to try again.")
    }

    /// More is asked of what we stand on than it takes at the moment: 503.
    pub fn unavailable() -> Self {
        let detail = "Too much is going on at this moment. It is safe to try again in a second.";
        Self::new(503, "unavailable", detail).after(1)
    }
}
