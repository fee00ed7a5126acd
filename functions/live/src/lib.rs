//! The sockets of agents: they open with a ticket, say that they are there, and close.
//!
//! Nothing that happens in rooms passes here: relay pushes that. What a client sends is only its
//! heartbeat, `{"action": "ping"}`, once a minute; anything else is answered by an error frame
//! that does not repeat it.

use std::sync::Arc;

use app::{
    live::{close_socket, hear_client, open_socket},
    outcomes::tell_of_socket,
};
use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use domain::Time;
use platform::{Source, trace::traced};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{StoreError, Table};

/// The most bytes that a client has to say.
const LONGEST: usize = 1024;

/// The most characters of a token that is looked at.
const TOKEN: usize = 100;

/// What the function works with.
#[derive(Debug, Clone)]
pub struct Live {
    /// The table.
    pub table: Table,
    /// The clock.
    pub source: Source,
}

/// What API Gateway is told: to open a socket or not, and what to say to its client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// HTTP status.
    #[serde(rename = "statusCode")]
    pub status: u16,
    /// A frame for the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Answer {
    const DONE: Self = Self { status: 200, body: None };
    const REFUSED: Self = Self { status: 403, body: None };
    const FAILED: Self = Self { status: 500, body: None };

    fn frame(frame: serde_json::Value) -> Self {
        Self { status: 200, body: Some(frame.to_string()) }
    }

    fn error(code: &str, detail: &str) -> Self {
        Self::frame(json!({ "type": "error", "code": code, "detail": detail }))
    }
}

/// Serves one event of a socket.
pub async fn handle(live: Arc<Live>, event: ApiGatewayWebsocketProxyRequest) -> Answer {
    let trace = event.request_context.request_id.clone();
    // Boxed: one thing wrapped in another is too deep for the compiler otherwise.
    let served = Box::pin(async move { live.serve(&event).await });
    traced(trace.as_deref(), served).await
}

/// What a client says.
#[derive(Deserialize)]
struct Said {
    action: String,
}

impl Live {
    async fn serve(&self, event: &ApiGatewayWebsocketProxyRequest) -> Answer {
        let context = &event.request_context;
        let Some(connection) = context.connection_id.as_deref() else { return Answer::REFUSED };
        let served = match context.event_type.as_deref() {
            Some("CONNECT") => self.open(connection, event).await,
            Some("DISCONNECT") => {
                close_socket(&self.table, connection).await.map(|()| Answer::DONE)
            }
            _ => self.hear(connection, event).await,
        };
        served.unwrap_or_else(|error| {
            tell_of_socket(connection, &error, Time::from(self.source.now()));
            match context.event_type.as_deref() {
                Some("CONNECT") => Answer::FAILED,
                _ => Answer::error("internal", "Something failed on our side."),
            }
        })
    }

    async fn open(
        &self,
        connection: &str,
        event: &ApiGatewayWebsocketProxyRequest,
    ) -> Result<Answer, StoreError> {
        let token = event.query_string_parameters.first("ticket").unwrap_or_default();
        if token.is_empty() || token.len() > TOKEN {
            return Ok(Answer::REFUSED);
        }
        let now = Time::from(self.source.now());
        let is_open = open_socket(&self.table, token, connection, now).await?;
        Ok(if is_open { Answer::DONE } else { Answer::REFUSED })
    }

    async fn hear(
        &self,
        connection: &str,
        event: &ApiGatewayWebsocketProxyRequest,
    ) -> Result<Answer, StoreError> {
        let text = event.body.as_deref().unwrap_or_default();
        if text.len() > LONGEST {
            return Ok(Answer::error("too_large", "A frame has at most 1,024 bytes."));
        }
        let said = serde_json::from_str::<Said>(text);
        match said.as_ref().map(|said| said.action.as_str()) {
            Err(_) => Ok(Answer::error("not_json", "A frame is `{\"action\": \"ping\"}`.")),
            Ok("ping") => self.ping(connection).await,
            Ok(_) => Ok(Answer::error("unknown_action", "The only action is `ping`.")),
        }
    }

    async fn ping(&self, connection: &str) -> Result<Answer, StoreError> {
        let now = Time::from(self.source.now());
        if hear_client(&self.table, connection, now).await? {
            return Ok(Answer::frame(json!({ "type": "pong", "at": now.to_string() })));
        }
        let detail = "This socket hears nothing any more: open another and catch up.";
        Ok(Answer::error("closed", detail))
    }
}
