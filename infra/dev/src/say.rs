//! `cargo dev say`: a customer writes.

use std::time::Duration;

use anyhow::{Context, bail};
use platform::transport::{Https, Transport};
use serde::Deserialize;
use serde_json::json;

use crate::stack::instance::Instance;

/// What the channel simulator answers.
#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    wamid: String,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    problem: Option<String>,
}

/// Writes to the company as a customer.
pub(crate) async fn run(instance: &str, from: &str, text: &str) -> anyhow::Result<()> {
    let digits = from.trim_start_matches('+');
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        bail!("`{from}` is not a phone number: +, country code and number, 8 to 15 digits");
    }
    if text.trim().is_empty() {
        bail!("the message is empty");
    }
    let connection = Instance::open(instance)?.state().connection;
    let connection = connection.context("nothing runs: start it with `cargo dev up --detach`")?;
    let request = http::Request::post(format!("{}/messages", connection.simulator_url))
        .header("content-type", "application/json")
        .body(serde_json::to_vec(&json!({ "from": digits, "text": text }))?)?;
    let answer = Https::new()?.send(request, Duration::from_secs(40)).await;
    let answer = answer.context("the channel simulator does not answer: is `cargo dev` up?")?;
    let said: Said = serde_json::from_slice(answer.body()).unwrap_or(Said {
        wamid: String::new(),
        status: None,
        problem: Some(String::from_utf8_lossy(answer.body()).into_owned()),
    });
    match said.status {
        Some(200) => {
            println!("+{digits} wrote: {text}");
            println!("The webhook took it (200) as {}.", said.wamid);
            Ok(())
        }
        Some(status) => bail!("the webhook answered {status}; the simulator delivers again"),
        None => bail!("not delivered: {}", said.problem.unwrap_or_default()),
    }
}
