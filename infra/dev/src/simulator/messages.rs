//! The customer's phone: writing a message, and the list of what was written and sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use world::graph::{Kind, Person, Post, Reading, Sent, Written};

use super::Simulator;
use super::carrier;
use super::clock::now_ms;
use super::customers::{checked, number};
use super::faults::Problem;

/// What a customer sends: `{"from": "+628123456789", "text": "Halo"}`, or anything else as `message`
/// by a `person`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Write {
    /// The customer's number, with or without a plus sign.
    from: Option<String>,
    /// The profile name; without one the customer is called by the number.
    name: Option<String>,
    /// The customer, in place of `from` and `name`.
    person: Option<Person>,
    /// The text.
    text: Option<String>,
    /// A message of any kind, in place of `text`.
    message: Option<Kind>,
    /// The message that it answers.
    reply_to: Option<String>,
    #[serde(default)]
    forwarded: bool,
    /// The ad that led to it.
    referral: Option<Value>,
}

impl Write {
    fn post(self, now_ms: u64) -> Result<Post, Problem> {
        let person = match (self.person, self.from) {
            (Some(person), None) => person,
            (None, Some(from)) => {
                let digits = number(&from)?;
                Person::with_phone(digits, self.name.as_deref().unwrap_or(digits))
            }
            (Some(_), Some(_)) => return Err(Problem::bad_request("either from or person")),
            (None, None) => return Err(Problem::bad_request("from or person is required")),
        };
        let kind = match (self.message, self.text) {
            (Some(kind), None) => kind,
            (None, Some(text)) if !text.trim().is_empty() => Kind::Text { body: text },
            (None, Some(_)) => return Err(Problem::bad_request("text must not be empty")),
            (Some(_), Some(_)) => return Err(Problem::bad_request("either text or message")),
            (None, None) => return Err(Problem::bad_request("text or message is required")),
        };
        let (reply_to, forwarded, referral) = (self.reply_to, self.forwarded, self.referral);
        let person = checked(person)?;
        Ok(Post { at_ms: now_ms, person, kind, reply_to, forwarded, referral })
    }
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
    let post = write.post(now_ms())?;
    let (delivery, wamid) = {
        let mut graph = simulator.graph();
        let delivery = graph.customers_send(now_ms(), std::slice::from_ref(&post));
        let wamid = graph.written().last().map(|line| line.wamid.clone());
        (delivery, wamid.unwrap_or_default())
    };
    simulator.remember(&post.person);
    if let Some(person) = moved(&post) {
        simulator.graph().set_reading(person.key(), Reading::WhenOpened);
        simulator.remember(&person);
    }
    simulator.scheduled.notify_one();

    let outcome = carrier::post(&simulator, &delivery).await;
    let status = match outcome {
        Ok(200) => StatusCode::OK,
        Ok(_) | Err(_) => StatusCode::BAD_GATEWAY,
    };
    let outcome = Outcome { wamid, status: outcome.as_ref().ok().copied(), problem: outcome.err() };
    Ok((status, Json(outcome)))
}

/// Who the customer is after a message that says so.
fn moved(post: &Post) -> Option<Person> {
    let mut person = post.person.clone();
    if let Kind::NumberChanged { new_phone, new_user_id } = &post.kind {
        person.phone = Some(new_phone.clone());
        person.user_id = new_user_id.clone().or(person.user_id);
        return Some(person);
    }
    let Kind::UserIdChanged { new_user_id } = &post.kind else { return None };
    person.user_id = Some(new_user_id.clone());
    Some(person)
}

/// What the business writes by its phone app.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Echo {
    person: Person,
    message: Kind,
}

/// `POST /echoes`: the business answers by its phone app, beside the API.
pub(super) async fn echo(
    State(simulator): State<Arc<Simulator>>,
    Json(Echo { person, message }): Json<Echo>,
) -> Result<StatusCode, Problem> {
    let person = checked(person)?;
    let delivery = simulator.graph().business_says_by_phone(now_ms(), &person, &message);
    simulator.remember(&person);
    match carrier::post(&simulator, &delivery).await {
        Ok(200) => Ok(StatusCode::NO_CONTENT),
        Ok(_) | Err(_) => Ok(StatusCode::BAD_GATEWAY),
    }
}
