//! Frames to open sockets, through API Gateway's management API.
//!
//! A frame is worth one try: whoever misses one catches up otherwise, and whoever sends one has
//! other things to do than to wait. Closing a socket is tried again
//! like any other call, though within less time: nobody asks for it a second time.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_apigatewaymanagement::{Client, config::Builder, primitives::Blob};

use crate::aws::CallFailed;

/// The most bytes of one frame: API Gateway takes 128 KB
/// (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
pub const FRAME: usize = 120 * 1024;

/// The longest that one frame may take.
pub const LIMIT: Duration = Duration::from_secs(1);

/// The longest that closing a socket may take, all tries together.
const CLOSING_LIMIT: Duration = Duration::from_millis(1800);

/// The longest that one try of it may take.
const CLOSING_TRY: Duration = Duration::from_millis(500);

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// API Gateway has it.
    Taken,
    /// There is no such socket any more.
    Gone,
}

/// The sockets of one stage of one API.
#[derive(Debug, Clone)]
pub struct Push {
    frames: Client,
    closing: Client,
}

impl Push {
    /// The sockets of the stage at this address (`https://{api}.execute-api.../{stage}`).
    pub fn new(config: &SdkConfig, endpoint: String) -> Self {
        let limits = TimeoutConfig::builder().connect_timeout(LIMIT).operation_timeout(LIMIT);
        let config = Builder::from(config).endpoint_url(endpoint);
        let once = config
            .clone()
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits.build())
            .build();
        let limits = TimeoutConfig::builder()
            .operation_attempt_timeout(CLOSING_TRY)
            .operation_timeout(CLOSING_LIMIT);
        let again = config.timeout_config(limits.build()).build();
        Self { frames: Client::from_conf(once), closing: Client::from_conf(again) }
    }

    /// Sends a frame of at most [`FRAME`] bytes to a socket.
    pub async fn post(&self, connection: &str, frame: Vec<u8>) -> Result<Pushed, CallFailed> {
        let post = self.frames.post_to_connection().connection_id(connection);
        match post.data(Blob::new(frame)).send().await {
            Ok(_) => Ok(Pushed::Taken),
            Err(error) => match error.as_service_error() {
                Some(error) if error.is_gone_exception() => Ok(Pushed::Gone),
                _ => Err(CallFailed::new("PostToConnection", &error)),
            },
        }
    }

    /// Closes a socket, if it is open.
    pub async fn close(&self, connection: &str) -> Result<(), CallFailed> {
        let close = self.closing.delete_connection().connection_id(connection).send().await;
        match close {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(error) if error.is_gone_exception() => Ok(()),
                _ => Err(CallFailed::new("DeleteConnection", &error)),
            },
        }
    }
}
