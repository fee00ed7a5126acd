//! Answering requests: to the messages endpoint, for files, about the account.

use http::{Method, Request, StatusCode};
use serde_json::json;

use super::answer::{Answer, Refusal, json_response};
use super::route::{self, Endpoint};
use super::send::{self, Asked, Known, Outgoing};
use super::{Fault, Graph, Sent};

impl Graph {
    /// The order of the checks is the provider's: who asks, about what, at what rate, and only then
    /// with what content.
    pub(super) fn answer(
        &mut self,
        now_ms: u64,
        request: &Request<Vec<u8>>,
    ) -> Result<Answer, Refusal> {
        let (major, endpoint) = route::endpoint(request.uri().path())?;
        if send::bearer(request) != Some(self.config.access_token.as_str()) {
            return Err(Refusal::bad_token());
        }
        if !self.is_proved(request) {
            return Err(Refusal::wrong_proof());
        }
        if self.faults.strikes(Fault::ExpiredToken) {
            return Err(Refusal::expired_token());
        }
        let method = request.method();
        let query = request.uri().query().unwrap_or_default();
        let is_ours = |id: &str| id == self.config.phone_number_id;
        match (method.as_str(), endpoint) {
            ("POST", Endpoint::Messages(id)) if is_ours(id) => self.message(now_ms, major, request),
            ("POST", Endpoint::Upload(id)) if is_ours(id) => self.upload(now_ms, request),
            ("GET", Endpoint::Templates(id)) if id == self.config.waba_id => {
                Ok(self.list("message_templates", query))
            }
            ("GET", Endpoint::PhoneNumbers(id)) if id == self.config.waba_id => {
                Ok(self.list("phone_numbers", query))
            }
            ("GET", Endpoint::App) => Ok(self.app()),
            ("POST", Endpoint::Subscription(id)) if id == self.config.waba_id => {
                Ok(self.subscribe(true))
            }
            ("DELETE", Endpoint::Subscription(id)) if id == self.config.waba_id => {
                Ok(self.subscribe(false))
            }
            ("GET", Endpoint::Profile(id)) if is_ours(id) => Ok(self.profile(query)),
            ("POST", Endpoint::Profile(id)) if is_ours(id) => self.change_profile(request.body()),
            ("GET", Endpoint::DebugToken) => Ok(self.debug_token(request)),
            ("GET", Endpoint::Download) => Ok(self.download(now_ms, query)),
            ("GET", Endpoint::Object(id)) if self.shelf.knows(id) => {
                self.look_up(now_ms, id).ok_or_else(|| Refusal::unknown_object(method, id))
            }
            ("GET", Endpoint::Object(id)) => self.object(id, query),
            ("DELETE", Endpoint::Object(id)) => {
                self.take_off_shelf(id).ok_or_else(|| Refusal::unknown_object(method, id))
            }
            (
                _,
                Endpoint::Messages(id)
                | Endpoint::Upload(id)
                | Endpoint::Templates(id)
                | Endpoint::PhoneNumbers(id)
                | Endpoint::Subscription(id)
                | Endpoint::Profile(id)
                | Endpoint::Object(id),
            ) => Err(Refusal::unknown_object(method, id)),
            (_, Endpoint::App | Endpoint::DebugToken | Endpoint::Download) => {
                Err(Refusal::unknown_path(request.uri().path()))
            }
        }
    }

    /// `POST /{phone_number_id}/messages`.
    fn message(
        &mut self,
        now_ms: u64,
        major: u32,
        request: &Request<Vec<u8>>,
    ) -> Result<Answer, Refusal> {
        if self.faults.strikes(Fault::RateLimit) {
            return Err(Refusal::rate_limited());
        }
        let known = Known { now_ms, shelf: &self.shelf, templates: &self.templates };
        match send::read(major, request.body(), &known)? {
            Asked::Send(send) => Ok(self.accept(now_ms, *send)),
            Asked::Read(wamid) => self.business_read(&wamid),
        }
    }

    /// The business read a message, and with it all that the customer wrote before.
    fn business_read(&mut self, wamid: &str) -> Result<Answer, Refusal> {
        let Some(place) = self.written.iter().position(|line| line.wamid == wamid) else {
            return Err(Refusal::unknown_object(&Method::POST, wamid));
        };
        let from = self.written[place].from.clone();
        for line in self.written[..=place].iter_mut().filter(|line| line.from == from) {
            line.seen = true;
        }
        Ok(Answer::at_once(json_response(StatusCode::OK, &json!({"success": true}))))
    }

    /// Takes the message on: it is in the log and its statuses are scheduled, whatever becomes of
    /// the response.
    fn accept(&mut self, now_ms: u64, send: Outgoing) -> Answer {
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

        let wamid = self.ids.outgoing(send.to.key());
        let response = send::accepted(&send, &wamid);
        let statuses = self.schedule_statuses(at_ms, &send, &wamid);
        self.log.push(Sent {
            to: send.to.key().to_owned(),
            text: send.text,
            reference: send.reference,
            wamid,
            at_ms,
            kind: send.kind,
            content: send.content,
            context: send.context,
            shown: send.shown,
            statuses,
        });
        Answer { response, delay_ms, lost }
    }
}
