//! What became of each webhook that was posted, for a person who watches.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use super::Delivery;

/// How many are remembered.
const KEPT: usize = 200;

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Counts up, so that a reader knows what is new.
    pub id: u64,
    /// When its outcome was known, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The HTTP status, or 0 if there was no answer.
    pub status: u16,
    /// What it was about, such as `text from 628123456789` or `read of wamid...`.
    pub about: String,
}

/// The latest attempts.
#[derive(Debug, Default)]
pub(super) struct Journal(VecDeque<Attempt>);

impl Journal {
    /// Notes an attempt. The ids of the customers' messages in it come back, for their ticks.
    pub(super) fn note(&mut self, delivery: &Delivery, at_ms: u64, status: u16) -> Vec<String> {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap_or(Value::Null);
        let change = &body["entry"][0]["changes"][0];
        let list = |name: &str| change["value"][name].as_array().cloned().unwrap_or_default();
        let mut about = Vec::new();
        let mut messages = Vec::new();
        for message in list("messages") {
            let kind = message["type"].as_str().unwrap_or_default();
            let from = message["from"].as_str().or(message["from_user_id"].as_str());
            about.push(format!("{kind} from {}", from.unwrap_or_default()));
            messages.extend(message["id"].as_str().map(str::to_owned));
        }
        for status in list("statuses") {
            let name = status["status"].as_str().unwrap_or_default();
            about.push(format!("{name} of {}", status["id"].as_str().unwrap_or_default()));
        }
        if about.is_empty() {
            about.push(change["field"].as_str().unwrap_or_default().to_owned());
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Attempt {
            id: delivery.id,
            at_ms,
            attempt: delivery.attempt,
            status,
            about: about.join(", "),
        });
        messages
    }

    pub(super) fn latest(&self) -> impl Iterator<Item = &Attempt> {
        self.0.iter()
    }
}
