//! The people of the phone: who they are, and what they do besides writing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use world::graph::{Person, Reading};

use super::Simulator;
use super::clock::now_ms;
use super::faults::Problem;

/// The people that the page begins with: one with a number, one with everything, one who hides it.
pub(super) fn first_people() -> Vec<Person> {
    let siti = Person {
        user_id: Some("ID.17400123456789012345".to_owned()),
        username: Some("siti.rahma".to_owned()),
        ..Person::with_phone("628111222333", "Siti Rahma")
    };
    let dewi = Person {
        username: Some("dewi.kopi".to_owned()),
        ..Person::with_user_id("ID.17400555544443333222", "Dewi")
    };
    vec![Person::with_phone("628123456789", "Budi Santoso"), siti, dewi]
}

/// Somebody new for the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    person: Person,
}

/// When a customer's phone reports what was read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    customer: String,
    /// From now on; without it, the chat is opened.
    reading: Option<Reading>,
}

/// A voice message that a customer plays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Play {
    wamid: String,
}

/// `POST /customers`: their messages are read when their chat is opened.
pub(super) async fn add(
    State(simulator): State<Arc<Simulator>>,
    Json(Add { person }): Json<Add>,
) -> Result<StatusCode, Problem> {
    let person = checked(person)?;
    simulator.graph().set_reading(person.key(), Reading::WhenOpened);
    simulator.remember(&person);
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /customers/read`.
pub(super) async fn read(
    State(simulator): State<Arc<Simulator>>,
    Json(Read { customer, reading }): Json<Read>,
) -> StatusCode {
    match reading {
        Some(reading) => simulator.graph().set_reading(&customer, reading),
        None => simulator.graph().customer_reads(now_ms(), &customer),
    }
    simulator.scheduled.notify_one();
    StatusCode::NO_CONTENT
}

/// `POST /customers/play`.
pub(super) async fn play(
    State(simulator): State<Arc<Simulator>>,
    Json(Play { wamid }): Json<Play>,
) -> StatusCode {
    let known = simulator.graph().customer_plays(now_ms(), &wamid);
    simulator.scheduled.notify_one();
    if known { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

/// A person who can write: with a number or a user id, and a name.
pub(super) fn checked(mut person: Person) -> Result<Person, Problem> {
    if let Some(phone) = &person.phone {
        person.phone = Some(number(phone)?.to_owned());
    }
    let user_id = person.user_id.as_deref();
    if user_id.is_some_and(|id| id.split_once('.').is_none_or(|(country, _)| country.len() != 2)) {
        return Err(Problem::bad_request("user_id must look like ID.17400555544443333222"));
    }
    if person.key().is_empty() {
        return Err(Problem::bad_request("a person needs a phone number or a user id"));
    }
    if person.name.trim().is_empty() {
        person.name = person.key().to_owned();
    }
    Ok(person)
}

/// The digits of a number in international form (E.164: at most 15).
pub(super) fn number(from: &str) -> Result<&str, Problem> {
    let digits = from.strip_prefix('+').unwrap_or(from);
    if (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Problem::bad_request("from must be a number with its country code, like +628123456789"))
    }
}
