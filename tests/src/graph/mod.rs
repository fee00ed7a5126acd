//! The provider's double: WhatsApp's Cloud API as a function of what it was asked and when.
//!
//! Tests and local development both need somebody who accepts sends, reports their statuses and
//! relays what customers write, and who misbehaves on demand. There is one such double so that a
//! fault seen in `cargo dev` is the same fault the simulation has thousands of seeds for.
//!
//! It is a state machine. It does no I/O, reads no clock and draws no random number: the caller
//! hands in `now_ms` (milliseconds since the Unix epoch, real or virtual), and every id comes from
//! one counter, so the same calls give the same bytes. Whoever carries the webhooks asks [`Graph::due`]
//! for them, signs them with [`sign`], posts them and reports the outcome to [`Graph::answered`].
//!
//! [`Graph::log`] holds what was accepted, and nothing else. It is the evidence for "each message was
//! sent at most once".
//!
//! Absent on purpose: media, templates, interactive messages and the 24-hour window. The double
//! accepts a text message at any time; that Sapa itself keeps the window is what gets tested.
//!
//! Sources: Meta's pages on the messages endpoint, the status and text-message webhooks, error codes
//! and pricing (developers.facebook.com/documentation/business-messaging/whatsapp), for v24.0.

mod answer;
mod customer;
mod fault;
mod ids;
mod outbox;
mod payload;
mod send;
mod status;
mod timing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde::Serialize;
use sha2::Sha256;

pub use answer::Answer;
pub use customer::{Said, Written};
pub use fault::{Fault, UnknownFault};
pub use outbox::Delivery;
pub use timing::Timing;

use answer::Refusal;
use fault::Faults;
use ids::Ids;
use outbox::Outbox;
use send::TextSend;

/// The one business number that the double serves.
#[derive(Debug, Clone)]
pub struct GraphConfig {
    /// Id of the number, the path segment of a send: digits.
    pub phone_number_id: String,
    /// The number as people see it: digits, no plus sign.
    pub display_phone_number: String,
    /// Id of the WhatsApp Business Account, `entry[].id` of each webhook.
    pub waba_id: String,
    /// The only bearer token that is accepted.
    pub access_token: String,
}

/// One send that the provider accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The recipient, as digits.
    pub to: String,
    /// The text of the message.
    pub text: String,
    /// `biz_opaque_callback_data` of the request.
    pub reference: Option<String>,
    /// The id that the provider gave the message.
    pub wamid: String,
    /// When it was accepted, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// The provider: its number, its memory, its faults and the webhooks it has yet to deliver.
#[derive(Debug)]
pub struct Graph {
    config: GraphConfig,
    timing: Timing,
    faults: Faults,
    ids: Ids,
    outbox: Outbox,
    log: Vec<Sent>,
    written: Vec<Written>,
}

impl Graph {
    /// A provider that has seen nothing yet.
    pub fn new(config: GraphConfig) -> Self {
        Self::starting_at(config, 0)
    }

    /// A provider whose ids begin after `first_id`: what was issued below it is never issued again.
    pub fn starting_at(config: GraphConfig, first_id: u64) -> Self {
        Self {
            config,
            timing: Timing::default(),
            faults: Faults::default(),
            ids: Ids::after(first_id),
            outbox: Outbox::default(),
            log: Vec::new(),
            written: Vec::new(),
        }
    }

    /// The same provider with other delays.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Answers one request to `/{version}/{phone_number_id}/messages`.
    ///
    /// The path must begin at the version: a carrier that mounts the provider elsewhere strips its
    /// own prefix. Anything but an acceptable text message gets Graph's error envelope and leaves no
    /// trace in [`Graph::log`].
    pub fn handle(&mut self, now_ms: u64, request: &Request<Vec<u8>>) -> Answer {
        match self.read(request) {
            Ok(send) => self.accept(now_ms, send),
            Err(refusal) => Answer::at_once(refusal.response(&self.ids.trace())),
        }
    }

    /// The webhooks to post now, the earliest first. Each is handed out once and then waits for
    /// [`Graph::answered`].
    pub fn due(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.outbox.due(now_ms)
    }

    /// When the next webhook is due, in milliseconds since the Unix epoch; it may be in the past.
    pub fn next_due(&self) -> Option<u64> {
        self.outbox.next_due()
    }

    /// The carrier reports the HTTP status that a delivery got, or 0 if there was no answer.
    ///
    /// Only 200 counts as taken (webhooks/overview). Anything else is delivered again after a delay
    /// that doubles each time, under a new delivery id with the same body, until
    /// [`Timing::redeliveries`] is used up. Unknown ids, and a second answer, change nothing.
    pub fn answered(&mut self, delivery_id: u64, now_ms: u64, status: u16) {
        self.outbox.answered(delivery_id, now_ms, status, &self.timing);
    }

    /// How many webhooks the provider gave up on: each is an event that the receiver never took.
    pub fn given_up(&self) -> u64 {
        self.outbox.given_up()
    }

    /// No webhook waits, and none is on its way.
    pub fn idle(&self) -> bool {
        self.outbox.idle()
    }

    /// Every send that was accepted, in order.
    pub fn log(&self) -> &[Sent] {
        &self.log
    }

    /// Everything that customers wrote, in order.
    pub fn written(&self) -> &[Written] {
        &self.written
    }

    /// Misbehaves from now on: for the next `count` occasions, or until cleared if `None`.
    /// `Some(0)` clears the fault.
    pub fn set_fault(&mut self, fault: Fault, count: Option<u32>) {
        self.faults.set(fault, count);
    }

    /// Stops one fault.
    pub fn clear_fault(&mut self, fault: Fault) {
        self.faults.set(fault, Some(0));
    }

    /// Stops every fault.
    pub fn clear(&mut self) {
        self.faults = Faults::default();
    }

    /// The faults in force and how often each will still strike; `None` is without end.
    pub fn faults(&self) -> &BTreeMap<Fault, Option<u32>> {
        self.faults.in_force()
    }

    /// The send in `request`, or why it is refused. The order of the checks is the provider's:
    /// who asks, for what number, at what rate, and only then with what content.
    fn read(&mut self, request: &Request<Vec<u8>>) -> Result<TextSend, Refusal> {
        let target = send::target(request.uri().path())?;
        if send::bearer(request) != Some(self.config.access_token.as_str()) {
            return Err(Refusal::bad_token());
        }
        if self.faults.strikes(Fault::ExpiredToken) {
            return Err(Refusal::expired_token());
        }
        if target.phone_number_id != self.config.phone_number_id
            || request.method() != http::Method::POST
        {
            return Err(Refusal::unknown_object(request.method(), target.phone_number_id));
        }
        if self.faults.strikes(Fault::RateLimit) {
            return Err(Refusal::rate_limited());
        }
        send::read(target.major, request.body())
    }

    /// Takes the message on: it is in the log and its statuses are scheduled, whatever becomes of
    /// the response.
    fn accept(&mut self, now_ms: u64, send: TextSend) -> Answer {
        let lost = self.faults.strikes(Fault::TimeoutAfterAccept);
        let slow = self.faults.strikes(Fault::Slow);
        let overtaken = self.faults.strikes(Fault::StatusBeforeResponse);
        let delay_ms = match (slow, overtaken) {
            (false, false) => 0,
            (true, false) => self.timing.slow_ms,
            // The first status must win whichever of the two delays is longer.
            (_, true) => self.timing.overtaken_ms(slow),
        };
        // A provider that is merely slow decides at the end; one that is overtaken had decided at once.
        let at_ms = if overtaken { now_ms } else { now_ms + delay_ms };

        let wamid = self.ids.outgoing(&send.to);
        let response = send::accepted(&send, &wamid);
        self.schedule_statuses(at_ms, &send, &wamid);
        self.log.push(Sent {
            to: send.to,
            text: send.text,
            reference: send.reference,
            wamid,
            at_ms,
        });
        Answer { response, delay_ms, lost }
    }

    /// Puts a webhook into the outbox, and under [`Fault::Duplicate`] its copies behind it.
    fn post_later(&mut self, due_ms: u64, body: &[u8]) {
        for copy in 0..self.copies() {
            self.outbox.schedule(due_ms + copy * self.timing.copy_gap_ms, body.to_vec());
        }
    }

    /// How often a webhook is posted: once, or two to four times when duplicated.
    fn copies(&mut self) -> u64 {
        if self.faults.strikes(Fault::Duplicate) { 2 + self.ids.next() % 3 } else { 1 }
    }
}

/// `X-Hub-Signature-256` of a body: `sha256=` and the HMAC-SHA256 under the app's secret, in hex.
#[expect(clippy::expect_used, reason = "a failure would be the library's, not the test's")]
pub fn sign(app_secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
