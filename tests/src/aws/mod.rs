//! The AWS services behind the wire: a real engine for the table, small doubles for the rest.
//!
//! The doubles are ours because the simulation has to rule what a service leaves open: in which
//! order messages come, how often, and when.

pub mod apigateway;
pub mod cognito;
pub mod dynamodb;
pub mod kms;
pub mod s3;
pub mod sqs;

/// A service's answer on the wire.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON, or an object's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// A success.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into() }
    }

    /// An error of a JSON service.
    pub fn error(status: u16, code: &str) -> Self {
        let body = serde_json::json!({ "__type": code, "message": code }).to_string();
        Self { status, body: body.into_bytes() }
    }
}
