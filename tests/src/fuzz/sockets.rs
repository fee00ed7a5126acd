//! What comes over a socket: the gateway's envelope, tickets that open it, and frames.

use std::sync::Arc;

use live::Answer;
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use super::{
    Harness, hold,
    mutation::{Letters, changed, changed_text, letters, rewritten},
    samples, told,
};
use crate::sockets::socket_event;

/// What a stranger, or a client, does.
#[derive(Debug, Clone)]
enum Act {
    /// The gateway tells of something.
    Envelope(Value),
    /// A socket is opened with a ticket, some letters of which were changed.
    Ticket(Letters),
    /// Somebody says something.
    Frame(String),
}

impl Act {
    /// Whether it is about a socket that is not there yet.
    fn is_new_socket(&self) -> bool {
        match self {
            Self::Envelope(event) => is_opening(event),
            Self::Ticket(_) => true,
            Self::Frame(_) => false,
        }
    }
}

/// The ticket and the connection that the samples name.
const TICKET: &str = "5a61cd9bd84b0c8ea3a9ea6b7d7b0b6f2b8e0f4c";
const CONNECTION: &str = "L0SM9cOFvHcCIhw=";

fn act() -> impl Strategy<Value = Act> {
    let said = vec![json!({ "action": "ping" })];
    let frame = prop_oneof![
        6 => changed_text(said).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        1 => any::<String>(),
        1 => (0_usize..1200).prop_map(|depth| "[".repeat(depth)),
        1 => (900_usize..1100).prop_map(|n| json!({ "action": "x".repeat(n) }).to_string()),
    ];
    prop_oneof![
        3 => changed(samples::read("live")).prop_map(Act::Envelope),
        2 => letters().prop_map(Act::Ticket),
        3 => frame.prop_map(Act::Frame),
    ]
}

/// Whatever comes is answered, and not by a failure of ours: a ticket opens one socket, `ping` is
/// answered by `pong`, and all else by an error or a refusal.
pub(super) fn socket_frame(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let checked = runner.run(&act(), |act| {
        let key = &world.company().setup.api_key;
        let failed = |error: anyhow::Error| TestCaseError::fail(error.to_string());
        let is_new = act.is_new_socket();
        let (ticket, open) = harness
            .wait(async {
                let ticket = if is_new { world.ticket(key).await? } else { String::new() };
                let open = if is_new { String::new() } else { world.open_socket(key).await? };
                anyhow::Ok((ticket, open))
            })
            .map_err(failed)?;
        let mut event = match &act {
            Act::Envelope(event) => enveloped(event, &ticket, &open),
            Act::Ticket(letters) => {
                let ticket = rewritten(&ticket, letters);
                socket_event("CONNECT", "socket-new", Some(&ticket), "")
            }
            Act::Frame(words) => socket_event("MESSAGE", &open, None, words),
        };
        if let Some(answer) = served(harness, &event)? {
            let is_opened = is_opening(&event) && answer.status == 200;
            let is_heard = answer.body.as_deref().is_some_and(|body| body.contains("\"pong\""));
            harness.note(is_opened || is_heard);
            let is_due = event["queryStringParameters"]["ticket"] == ticket.as_str();
            hold(is_due || !is_opened, || "a socket was opened without its ticket".into())?;
            let said = event["body"].as_str().map(serde_json::from_str::<Value>);
            let is_ping = said.is_some_and(|said| said.is_ok_and(|said| said["action"] == "ping"));
            hold(is_ping || !is_heard, || "something else was taken for a ping".into())?;
            // The same call again is the gateway's, the same ticket for another socket is not.
            event["requestContext"]["connectionId"] = json!("socket-other");
            let again = if is_opened { served(harness, &event)? } else { None };
            let is_once = again.is_none_or(|again| again.status == 403);
            hold(is_once, || "a ticket has opened a second socket".into())?;
        }
        let closed = if is_new { "socket-new" } else { &open };
        harness.wait(world.disconnect(closed)).map_err(failed)
    });
    checked.map_err(told)
}

fn is_opening(event: &Value) -> bool {
    event["requestContext"]["eventType"] == "CONNECT"
}

/// The event with this ticket, and, unless it opens one, of this socket. Whose it is the gateway says
/// itself, whatever a stranger sends.
fn enveloped(event: &Value, ticket: &str, open: &str) -> Value {
    let connection = if is_opening(event) { "socket-new" } else { open };
    let text = event.to_string().replace(TICKET, ticket).replace(CONNECTION, connection);
    let mut event: Value = serde_json::from_str(&text).unwrap_or_default();
    let context = event.get_mut("requestContext");
    if let Some(named) = context.and_then(|context| context.get_mut("connectionId")) {
        *named = json!(connection);
    }
    event
}

/// What the function answers; nothing, if no gateway makes such an event.
fn served(harness: &Harness, event: &Value) -> Result<Option<Answer>, TestCaseError> {
    let Ok(event) = serde_json::from_str(&event.to_string()) else { return Ok(None) };
    let answer = harness.wait(live::handle(Arc::clone(&harness.world.process.live), event));
    let frame = answer.body.as_deref().map(serde_json::from_str::<Value>);
    let is_told = match &frame {
        None => answer.status == 200 || answer.status == 403,
        Some(Ok(frame)) => frame["type"].is_string() && frame["code"] != "internal",
        Some(Err(_)) => false,
    };
    hold(is_told, || format!("answered {answer:?}"))?;
    Ok(Some(answer))
}
