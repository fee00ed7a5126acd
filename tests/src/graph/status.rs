//! What happens to a message after it was accepted: sent, delivered, and what the customer does
//! with it.
//!
//! A customer reads by themselves, as most do; or when somebody who plays the customer opens the
//! chat; or never shows it ([`Reading`]). `played` is for voice messages (messages/audio-messages).

use serde::{Deserialize, Serialize};

use super::payload::{self, Failure, Status};
use super::send::{Outgoing, Recipient};
use super::{Fault, Graph};

/// When a customer's phone reports a message as read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A moment after it arrived ([`super::Timing::read_after_ms`]).
    #[default]
    ByItself,
    /// When [`Graph::customer_reads`] says so.
    WhenOpened,
    /// Never: read receipts are switched off.
    Never,
}

/// A status and when it happened, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Told {
    /// `sent`, `delivered`, `read`, `played` or `failed`.
    pub status: &'static str,
    /// Milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// "Message Undeliverable" (support/error-codes).
const UNDELIVERABLE: Failure =
    Failure { code: 131_026, title: "Message undeliverable", details: "Message Undeliverable." };
/// "Re-engagement message" (support/error-codes).
const WINDOW_CLOSED: Failure = Failure {
    code: 131_047,
    title: "Re-engagement message",
    details: "Message failed to send because more than 24 hours have passed since the customer last \
              replied to this number.",
};
/// The customer service window, and a minute beyond it: no two clocks agree.
const WINDOW_MS: u64 = (24 * 60 + 1) * 60_000;

/// What later statuses of a message need.
#[derive(Debug)]
pub(super) struct Tail {
    to: Recipient,
    reference: Option<String>,
    major: u32,
}

impl Graph {
    /// When this customer's phone reports what was read; by itself if nothing was said.
    pub fn set_reading(&mut self, customer: &str, reading: Reading) {
        self.reading.insert(customer.to_owned(), reading);
    }

    /// What [`Graph::set_reading`] said last.
    pub fn reading(&self, customer: &str) -> Reading {
        self.reading.get(customer).copied().unwrap_or_default()
    }

    /// The customer opens the chat: what was delivered and not read is read now, unless read
    /// receipts are off.
    pub fn customer_reads(&mut self, now_ms: u64, customer: &str) {
        if self.reading(customer) == Reading::Never {
            return;
        }
        let unread: Vec<String> = self
            .log
            .iter()
            .filter(|sent| sent.to == customer)
            .filter(|sent| {
                let has = |name: &str| sent.statuses.iter().any(|told| told.status == name);
                let arrived = |told: &Told| told.status == "delivered" && told.at_ms <= now_ms;
                sent.statuses.iter().any(arrived) && !has("read")
            })
            .map(|sent| sent.wamid.clone())
            .collect();
        for wamid in unread {
            self.report(now_ms, &wamid, "read");
        }
    }

    /// The customer plays a voice message, the first time; whether there is one of this id.
    pub fn customer_plays(&mut self, now_ms: u64, wamid: &str) -> bool {
        let voice = self.log.iter().find(|sent| sent.wamid == wamid && sent.kind == "audio");
        let Some(voice) = voice else { return false };
        let has = |name: &str| voice.statuses.iter().any(|told| told.status == name);
        let (read, played, to) = (has("read"), has("played"), voice.to.clone());
        if played || self.reading(&to) == Reading::Never {
            return true;
        }
        if !read {
            self.report(now_ms, wamid, "read");
        }
        self.report(now_ms, wamid, "played");
        true
    }

    /// One more status of a message that was accepted before.
    fn report(&mut self, now_ms: u64, wamid: &str, name: &'static str) {
        let Some(tail) = self.tails.get(wamid) else { return };
        let status = Status {
            wamid,
            name,
            at_ms: now_ms,
            recipient: &tail.to,
            reference: tail.reference.as_deref(),
            priced: None,
            major: tail.major,
            error: None,
        };
        let body = payload::status(&self.config, &status);
        if let Some(sent) = self.log.iter_mut().find(|sent| sent.wamid == wamid) {
            sent.statuses.push(Told { status: name, at_ms: now_ms });
        }
        self.post_later(now_ms, &body);
    }

    /// Schedules the status webhooks of a message accepted at `at_ms`, and says which.
    ///
    /// Out of order means that the newest is posted first, once all of them have happened, so that
    /// no webhook speaks of a time still to come. The timestamps inside stay true.
    pub(super) fn schedule_statuses(
        &mut self,
        at_ms: u64,
        send: &Outgoing,
        wamid: &str,
    ) -> Vec<Told> {
        let failure = self.failure(at_ms, send);
        let happened = self.fate(at_ms, send, failure.is_some());
        let mut webhooks: Vec<(u64, Vec<u8>)> = happened
            .iter()
            .map(|told| {
                let status = Status {
                    wamid,
                    name: told.status,
                    at_ms: told.at_ms,
                    recipient: &send.to,
                    reference: send.reference.as_deref(),
                    priced: matches!(told.status, "sent" | "delivered").then(|| send.price.clone()),
                    major: send.major,
                    error: failure,
                };
                (told.at_ms, payload::status(&self.config, &status))
            })
            .collect();
        if self.faults.strikes(Fault::OutOfOrder) {
            webhooks = self.newest_first(webhooks);
        }
        for (due_ms, body) in webhooks {
            self.post_later(due_ms, &body);
        }
        let reference = send.reference.clone();
        let tail = Tail { to: send.to.clone(), reference, major: send.major };
        self.tails.insert(wamid.to_owned(), tail);
        happened
    }

    fn fate(&self, at_ms: u64, send: &Outgoing, fails: bool) -> Vec<Told> {
        let told = |status, after: u64| Told { status, at_ms: at_ms + after };
        if fails {
            return vec![told("failed", self.timing.sent_after_ms)];
        }
        let mut happened = vec![
            told("sent", self.timing.sent_after_ms),
            told("delivered", self.timing.delivered_after_ms),
        ];
        if self.reading(send.to.key()) == Reading::ByItself {
            happened.extend(self.timing.read_after_ms.map(|after| told("read", after)));
        }
        happened
    }

    /// Why a message that is accepted will not arrive. Of customers who never wrote to this double
    /// it cannot know whether their window is open, and takes it that it is.
    fn failure(&mut self, at_ms: u64, send: &Outgoing) -> Option<Failure> {
        if self.faults.strikes(Fault::Undeliverable) {
            return Some(UNDELIVERABLE);
        }
        let of_customer = self.written.iter().filter(|line| line.from == send.to.key());
        let last_ms = of_customer.map(|line| line.at_ms).max()?;
        (send.kind != "template" && at_ms > last_ms + WINDOW_MS).then_some(WINDOW_CLOSED)
    }

    fn newest_first(&self, webhooks: Vec<(u64, Vec<u8>)>) -> Vec<(u64, Vec<u8>)> {
        let mut due_ms = webhooks.iter().map(|(at_ms, _)| *at_ms).max().unwrap_or(0);
        let mut reversed = Vec::with_capacity(webhooks.len());
        for (_, body) in webhooks.into_iter().rev() {
            reversed.push((due_ms, body));
            due_ms += self.timing.copy_gap_ms;
        }
        reversed
    }
}
