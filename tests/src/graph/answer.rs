//! What the provider answers: the response with its delay, and Graph's error envelope.

use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

/// A response and when, or whether, it arrives.
#[derive(Debug)]
pub struct Answer {
    /// Status, `content-type` and JSON body.
    pub response: Response<Vec<u8>>,
    /// The response arrives this many milliseconds after the request.
    pub delay_ms: u64,
    /// The response never arrives, although the provider acted on the request: the caller must run
    /// into its own timeout.
    pub lost: bool,
}

impl Answer {
    pub(super) fn at_once(response: Response<Vec<u8>>) -> Self {
        Self { response, delay_ms: 0, lost: false }
    }
}

/// Why a request is not accepted, in the terms of Graph's error envelope.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    code: u32,
    subcode: Option<u32>,
    message: String,
    details: Option<String>,
}

impl Refusal {
    pub(super) fn bad_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            190,
            "Invalid OAuth access token - Cannot parse access token",
        )
    }

    /// Graph API, "Secure Graph API Calls".
    pub(super) fn wrong_proof() -> Self {
        let words = "Invalid appsecret_proof provided in the API argument";
        Self::new(StatusCode::BAD_REQUEST, 100, words)
    }

    pub(super) fn expired_token() -> Self {
        Self {
            subcode: Some(463),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                190,
                "Error validating access token: Session has expired",
            )
        }
    }

    /// Graph does not tell an unknown object from one that the token may not see.
    pub(super) fn unknown_object(method: &Method, id: &str) -> Self {
        let verb = method.as_str().to_lowercase();
        Self {
            kind: "GraphMethodException",
            subcode: Some(33),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                100,
                format!(
                    "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be \
                     loaded due to missing permissions, or does not support this operation"
                ),
            )
        }
    }

    pub(super) fn unknown_path(path: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 2500, format!("Unknown path components: {path}"))
    }

    pub(super) fn invalid_parameter(details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::new(StatusCode::BAD_REQUEST, 100, "(#100) Invalid parameter")
        }
    }

    /// A field that must be there is not.
    pub(super) fn missing(field: &str) -> Self {
        Self {
            details: Some(format!("Parameter {field} is required.")),
            ..Self::new(StatusCode::BAD_REQUEST, 131_008, "(#131008) Required parameter is missing")
        }
    }

    /// A field is there and says something that it may not.
    pub(super) fn invalid_value(details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::new(StatusCode::BAD_REQUEST, 131_009, "(#131009) Parameter value is not valid")
        }
    }

    /// A field that the object does not have was asked for.
    pub(super) fn no_such_field(field: &str) -> Self {
        let message = format!("(#100) Tried accessing nonexisting field ({field})");
        Self::new(StatusCode::BAD_REQUEST, 100, message)
    }

    /// One of the errors about templates, 132000 to 132018 (support/error-codes).
    pub(super) fn template(code: u32, title: &str, details: impl Into<String>) -> Self {
        let unknown = code == 132_001;
        let status = if unknown { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        Self {
            details: Some(details.into()),
            ..Self::new(status, code, format!("(#{code}) {title}"))
        }
    }

    pub(super) fn rate_limited() -> Self {
        Self {
            details: Some("Cloud API message throughput has been reached.".to_owned()),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, 130_429, "(#130429) Rate limit hit")
        }
    }

    fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            kind: "OAuthException",
            code,
            subcode: None,
            message: message.into(),
            details: None,
        }
    }

    /// Graph's envelope (graph-api/guides/error-handling); `error_data` is WhatsApp's addition.
    pub(super) fn response(&self, trace: &str) -> Response<Vec<u8>> {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        json_response(self.status, &json!({ "error": error }))
    }
}

/// A JSON response with the content type that Graph uses.
pub(super) fn json_response(status: StatusCode, body: &Value) -> Response<Vec<u8>> {
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    response
}
