//! The customer's phone: writing a message, and the list of what was written and sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use world::graph::{Sent, Written};

use super::Simulator;
use super::carrier;
use super::clock::now_ms;
use super::faults::Problem;

/// What a customer writes.
#[derive(Deserialize)]
pub(super) struct Write {
    /// The customer's number, with or without a plus sign.
    from: String,
    /// The text.
    text: String,
    /// The profile name; without one the customer is called by the number.
    name: Option<String>,
}

/// What became of it. The HTTP status of this answer is 200 if the webhook's was, else 502.
#[derive(Serialize)]
pub(super) struct Outcome {
    /// The id that the provider gave the message.
    wamid: String,
    /// What the webhook answered, or null if it did not.
    status: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Both sides of the conversation, each in its own order.
#[derive(Serialize)]
pub(super) struct Messages {
    /// Sends that the provider accepted.
    sent: Vec<Sent>,
    /// Messages that customers wrote.
    received: Vec<Written>,
}

/// `GET /messages`.
pub(super) async fn list(State(simulator): State<Arc<Simulator>>) -> Json<Messages> {
    let graph = simulator.graph();
    Json(Messages { sent: graph.log().to_vec(), received: graph.written().to_vec() })
}

/// `POST /messages`: the message is posted to the webhook before this answers. One that the webhook
/// does not take is delivered again, as the provider would.
pub(super) async fn write(
    State(simulator): State<Arc<Simulator>>,
    Json(write): Json<Write>,
) -> Result<(StatusCode, Json<Outcome>), Problem> {
    let from = number(&write.from)?;
    if write.text.trim().is_empty() {
        return Err(Problem::bad_request("text must not be empty"));
    }
    let name = write.name.as_deref().unwrap_or(from);
    let (delivery, wamid) = {
        let mut graph = simulator.graph();
        let delivery = graph.customer_says(now_ms(), from, name, &write.text);
        let wamid = graph.written().last().map(|line| line.wamid.clone());
        (delivery, wamid.unwrap_or_default())
    };
    simulator.scheduled.notify_one();

    let outcome = carrier::post(&simulator, &delivery).await;
    let status = match outcome {
        Ok(200) => StatusCode::OK,
        Ok(_) | Err(_) => StatusCode::BAD_GATEWAY,
    };
    let outcome = Outcome { wamid, status: outcome.as_ref().ok().copied(), problem: outcome.err() };
    Ok((status, Json(outcome)))
}

/// The digits of a number in international form (E.164: at most 15).
fn number(from: &str) -> Result<&str, Problem> {
    let digits = from.strip_prefix('+').unwrap_or(from);
    if (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Problem::bad_request("from must be a number with its country code, like +628123456789"))
    }
}
