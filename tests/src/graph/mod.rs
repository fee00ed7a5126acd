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
//! Customers send every kind of message that Meta's webhooks show ([`Kind`]); the business sends
//! every type, templates included, and is refused as Meta would. Absent on purpose: groups, calls,
//! managing templates, and fetching the `link` of a file: the double does no I/O.
//!
//! Sources: Meta's pages on the messages endpoint, webhooks, media, templates, error codes and pricing,
//! for v24.0. Doc comments name them by their path below
//! developers.facebook.com/documentation/business-messaging/whatsapp.

mod account;
mod answer;
mod customer;
mod echo;
mod endpoints;
mod fault;
mod ids;
mod journal;
mod kinds;
mod media;
mod multipart;
mod outbox;
mod payload;
mod person;
mod route;
mod send;
mod status;
mod templates;
mod timing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;

pub use answer::Answer;
pub use customer::{Post, Said, Written};
pub use fault::{Fault, UnknownFault};
pub use journal::Attempt;
pub use kinds::{Attachment, Kind, Location};
pub use media::MediaKind;
pub use outbox::Delivery;
pub use person::Person;
pub use status::{Reading, Told};
pub use timing::Timing;

use fault::Faults;
use ids::Ids;
use journal::Journal;
use media::Shelf;
use outbox::Outbox;
use status::Tail;
use templates::Templates;

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
    /// The secret of the app that the token is of.
    pub app_secret: String,
}

/// One send that the provider accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The recipient, as digits, or the user id of one who hides the number.
    pub to: String,
    /// What a person reads in the message: its text, a caption, the filled-in body of a template.
    pub text: String,
    /// `biz_opaque_callback_data` of the request.
    pub reference: Option<String>,
    /// The id that the provider gave the message.
    pub wamid: String,
    /// When it was accepted, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// `type` of the request.
    pub kind: String,
    /// The object under the type's name.
    pub content: Value,
    /// The message that it answers.
    pub context: Option<String>,
    /// A template as the customer sees it: `header`, `body`, `footer`, `buttons`. Else null.
    pub shown: Value,
    /// Its statuses so far, those included whose time is still to come.
    pub statuses: Vec<Told>,
}

/// The provider: its number, its memory, its faults and the webhooks it has yet to deliver.
#[derive(Debug)]
pub struct Graph {
    config: GraphConfig,
    is_subscribed: bool,
    profile: Value,
    timing: Timing,
    faults: Faults,
    ids: Ids,
    outbox: Outbox,
    shelf: Shelf,
    templates: Templates,
    journal: Journal,
    reading: BTreeMap<String, Reading>,
    tails: BTreeMap<String, Tail>,
    log: Vec<Sent>,
    echoes: Vec<Sent>,
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
            is_subscribed: false,
            profile: account::profile(),
            timing: Timing::default(),
            faults: Faults::default(),
            ids: Ids::after(first_id),
            outbox: Outbox::default(),
            shelf: Shelf::default(),
            templates: Templates::default(),
            journal: Journal::default(),
            reading: BTreeMap::new(),
            tails: BTreeMap::new(),
            log: Vec::new(),
            echoes: Vec::new(),
            written: Vec::new(),
        }
    }

    /// The same provider with other delays.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Answers one request: to the messages endpoint, for files, about the account ([`route`]).
    ///
    /// The path must begin at the version: a carrier that mounts the provider elsewhere strips its
    /// own prefix. A send that is not acceptable gets Graph's error envelope and leaves no trace in
    /// [`Graph::log`].
    pub fn handle(&mut self, now_ms: u64, request: &Request<Vec<u8>>) -> Answer {
        match self.answer(now_ms, request) {
            Ok(answer) => answer,
            Err(refusal) => Answer::at_once(refusal.response(&self.ids.trace())),
        }
    }

    /// Whether a request is meant for this number: by its path, by its token, by the file it asks for.
    pub fn is_meant(&self, request: &Request<Vec<u8>>) -> bool {
        let uri = request.uri();
        let mut places =
            uri.path().split('/').chain(uri.query().unwrap_or_default().split(['&', '=']));
        send::bearer(request) == Some(self.config.access_token.as_str())
            || places.any(|place| {
                place == self.config.phone_number_id
                    || place == self.config.waba_id
                    || self.shelf.knows(place)
            })
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
        let answered = self.outbox.answered(delivery_id, now_ms, status, &self.timing);
        let Some(delivery) = answered else { return };
        let messages = self.journal.note(&delivery, now_ms, status);
        if status == 200 {
            for line in self.written.iter_mut().rev().filter(|line| !line.taken) {
                line.taken = messages.contains(&line.wamid);
            }
        }
    }

    /// The latest attempts to deliver a webhook, in order.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.journal.latest()
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

    /// Misbehaves on so many of a hundred occasions, evenly spread, until cleared. None clears the fault.
    pub fn set_fault_share(&mut self, fault: Fault, percent: u8) {
        self.faults.set_share(fault, percent);
    }

    /// On how many of a hundred occasions a fault in force strikes.
    pub fn fault_percent(&self, fault: Fault) -> u32 {
        self.faults.percent(fault)
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
