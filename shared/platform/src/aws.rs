//! One way to reach AWS.
//!
//! Every client is built from the `SdkConfig` made here. TLS is rustls with ring: its first
//! handshake costs 2 ms where aws-lc's costs 25. The HTTP client is built once and shared.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::problem::Problem;

/// The longest that one call may take, its retries included.
///
/// Below the 8 s after which `webhook` sets an element aside, so that a slow call is an error
/// that the function still has time to answer for.
const OPERATION: Duration = Duration::from_secs(7);
const ATTEMPT: Duration = Duration::from_millis(2500);

/// The configuration of all clients: region, credentials and endpoint from the environment.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .retry_config(retries())
        .timeout_config(timeouts())
        .load()
        .await
}

/// The HTTP client of all clients.
pub fn http_client() -> SharedHttpClient {
    Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}

/// How often a call is tried again: throttles and lost connections, with exponential pauses.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(50))
}

/// How long a call may take.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}

/// What services call it when they are asked for more than they give at the moment.
const TOO_FAST: [&str; 10] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    // These two are reasons for which DynamoDB cancels a transaction.
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

/// An AWS call failed, after the SDK's own retries.
///
/// Its words are for the log: what was called and why it failed, never what was sent.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {reason}")]
pub struct CallFailed {
    operation: &'static str,
    reason: String,
    is_too_fast: bool,
}

impl CallFailed {
    /// Describes an error by its code alone, where its words may tell whose call it was.
    pub fn of(operation: &'static str, code: &str) -> Self {
        Self { operation, reason: code.to_owned(), is_too_fast: TOO_FAST.contains(&code) }
    }

    /// Describes an SDK error by its whole chain of causes.
    pub fn new<E>(operation: &'static str, error: &E) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let is_too_fast = error.code().is_some_and(|code| TOO_FAST.contains(&code));
        Self { is_too_fast, ..Self::unanswered(operation, error) }
    }

    /// Describes what is no answer of the service: a request that can't be made, a body that broke off.
    pub fn unanswered(operation: &'static str, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            reason = format!("{reason}: {cause}");
            source = cause.source();
        }
        Self { operation, reason, is_too_fast: false }
    }

    /// The same, where the answer gives further reasons beside its code.
    pub fn or_because_of(self, codes: &[&str]) -> Self {
        let is_too_fast = self.is_too_fast || codes.iter().any(|code| TOO_FAST.contains(code));
        Self { is_too_fast, ..self }
    }

    /// What a client is told, whose business it is not; the log has the cause.
    pub fn told(&self) -> Problem {
        if self.is_too_fast { Problem::unavailable() } else { Problem::internal() }
    }
}
