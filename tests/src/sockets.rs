//! Sockets of the world's agents: opened with a ticket through `live`, as API Gateway would.

use std::sync::Arc;

use anyhow::Context;
use live::Answer;
use serde_json::{Value, json};

use crate::{World, aws::apigateway::Taking, process::Process, requests::ApiRequest};

impl World {
    /// A ticket for whoever has this key.
    pub async fn ticket(&self, key: &str) -> anyhow::Result<String> {
        let answered = self.api_with(key, ApiRequest::new("POST", "/v1/live/tickets")).await?;
        let ticket = answered.json["data"]["ticket"].as_str();
        ticket.map(str::to_owned).with_context(|| format!("no ticket: {}", answered.json))
    }

    /// Opens a socket for whoever has this key; its connection.
    pub async fn open_socket(&self, key: &str) -> anyhow::Result<String> {
        let ticket = self.ticket(key).await?;
        let connection = format!("socket-{}", &ticket[..12]);
        let status = self.connect(&self.process, &connection, &ticket).await?;
        anyhow::ensure!(status == Some(200), "the socket was answered {status:?}");
        Ok(connection)
    }

    /// A client opens a socket with a ticket; the status, or nothing if the process died.
    pub async fn connect(
        &self,
        process: &Process,
        connection: &str,
        ticket: &str,
    ) -> anyhow::Result<Option<u16>> {
        let event = socket_event("CONNECT", connection, Some(ticket), "");
        let answer = self.socket(process, event).await?;
        if answer.as_ref().is_some_and(|answer| answer.status == 200) {
            self.wire.services().sockets.open(connection);
        }
        Ok(answer.map(|answer| answer.status))
    }

    /// A client says something; the frame that it is answered.
    pub async fn say(&self, connection: &str, words: &str) -> anyhow::Result<Value> {
        let event = socket_event("MESSAGE", connection, None, words);
        let answer = self.socket(&self.process, event).await?.context("the process died")?;
        Ok(serde_json::from_str(&answer.body.unwrap_or_default())?)
    }

    /// A client closes its socket.
    pub async fn disconnect(&self, connection: &str) -> anyhow::Result<()> {
        self.wire.services().sockets.close(connection);
        let event = socket_event("DISCONNECT", connection, None, "");
        self.socket(&self.process, event).await.map(drop)
    }

    /// A socket is gone, and API Gateway has told nobody.
    pub fn cut(&self, connection: &str) {
        self.wire.services().sockets.close(connection);
    }

    /// Whether API Gateway holds a socket open.
    pub fn is_open(&self, connection: &str) -> bool {
        self.wire.services().sockets.is_open(connection)
    }

    /// Rules how a socket takes frames.
    pub fn set_taking(&self, connection: &str, taking: Taking) {
        self.wire.services().sockets.set_taking(connection, taking);
    }

    /// The events that a socket's client has heard since it was last asked.
    pub fn heard(&self, connection: &str) -> Vec<Value> {
        let frames = self.wire.services().sockets.take_frames(connection);
        let events = frames.iter().filter_map(|frame| frame["events"].as_array());
        events.flatten().cloned().collect()
    }

    async fn socket(&self, process: &Process, event: Value) -> anyhow::Result<Option<Answer>> {
        let work = live::handle(Arc::clone(&process.live), serde_json::from_value(event)?);
        Ok(process.run(work).await)
    }
}

/// An event of a socket, as API Gateway hands it to a function.
pub fn socket_event(kind: &str, connection: &str, ticket: Option<&str>, body: &str) -> Value {
    let route = match kind {
        "CONNECT" => "$connect",
        "DISCONNECT" => "$disconnect",
        _ => "$default",
    };
    json!({
        "queryStringParameters": ticket.map(|ticket| json!({ "ticket": ticket })),
        "requestContext": {
            "routeKey": route, "eventType": kind, "connectionId": connection,
            "stage": "live", "apiId": "sockets", "domainName": "sockets.test",
            "connectedAt": 0, "requestTimeEpoch": 0, "requestId": "request",
            "extendedRequestId": "request", "messageDirection": "IN",
            "requestTime": "22/Nov/2026:00:00:00 +0000",
            "identity": { "sourceIp": "127.0.0.1", "userAgent": "world" },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
