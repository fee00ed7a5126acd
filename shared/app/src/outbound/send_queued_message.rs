//! Sends one message: claim, call, record.
//!
//! A run can die anywhere. Before the claim, nothing happened. Between claim and record, the
//! next run finds the claim, waits until its lease is over, and marks the message unknown; a
//! report of the provider settles it. After the record, the next run finds nothing to do. So
//! the provider is called at most once, unless it said itself that it did not take the message.

use std::time::Duration;

use channels::{
    Answer, Class, OutboundText,
    whatsapp::{self, account::is_token_error},
};
use domain::{
    Time,
    channel::Channel,
    integration::Integration,
    message::{
        Content, Direction, Failure, Found, MAX_ATTEMPTS, Message, Outbound, Status, failed, found,
        left_unknown, pause, released,
    },
};
use platform::transport::TransportError;
use secrecy::ExposeSecret;
use store::{Claim, MessageKey, StoreError, Tenant, Versioned};

use super::{Account, SendError, Sender};
use crate::{
    ATTEMPTS, change_message::change_message, jobs::SendJob, settle_acceptance::settle_acceptance,
};

/// How long the provider may take to answer: well within the function's 30 s, so that the
/// outcome can still be recorded.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// What is to become of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// The job is done, however it ended.
    Done,
    /// Try again after this many seconds.
    AgainIn(i32),
}

/// A claimed message, and whose it is.
struct Attempt<'a> {
    tenant: Tenant<'a>,
    claimed: Versioned<Message>,
    attempts: u32,
}

impl Sender {
    /// Sends the message that a job names.
    pub async fn send_queued_message(&self, job: &SendJob) -> Result<Sending, SendError> {
        let ctx = self.source.ctx();
        let Some(key) = MessageKey::parse(&job.message) else {
            tracing::error!("a job names no message");
            return Ok(Sending::Done);
        };
        // First what may fail without harm: a claim that is not used would look like a death.
        let account = self.account(job.organization_id, job.integration_id, &ctx).await?;
        let (tenant, now) = (self.table.tenant(job.organization_id), Time::from(ctx.now));
        let run = hex::encode(ctx.random());
        let claimed = match tenant.claim(key, &run, now).await? {
            Claim::Mine(claimed) => *claimed,
            Claim::Not(None) => return Ok(Sending::Done),
            Claim::Not(Some(other)) => return give_up_or_wait(tenant, &other, now).await,
        };
        let Direction::Outbound(outbound) = &claimed.value.direction else {
            return Ok(Sending::Done);
        };
        let attempt = Attempt { tenant, attempts: outbound.attempts, claimed: claimed.clone() };
        let (integration, token) = match account {
            Account::Open(integration, token) => (integration, token),
            Account::Gone(title) => return attempt.fail(&unsent(title, now)).await,
        };
        let request = self.request(&integration, token.expose_secret(), &claimed.value, outbound);
        let request = match request {
            Ok(request) => request,
            Err(title) => return attempt.fail(&unsent(&title, now)).await,
        };
        let answer = self.transport.send(request, CALL_LIMIT).await;
        self.record(&attempt, &integration, answer).await
    }

    fn request(
        &self,
        integration: &Integration,
        token: &str,
        message: &Message,
        outbound: &Outbound,
    ) -> Result<http::Request<Vec<u8>>, String> {
        let Content::Text { text } = &message.content else {
            return Err("This type of message can't be sent.".into());
        };
        let reference = MessageKey::of(message).to_string();
        let text = OutboundText { to: &outbound.to, text, reference: &reference };
        match integration.channel {
            Channel::WhatsApp => {
                whatsapp::outbound::request(&self.graph_url, &integration.account, token, &text)
                    .map_err(|error| error.to_string())
            }
        }
    }

    async fn record(
        &self,
        attempt: &Attempt<'_>,
        integration: &Integration,
        answer: Result<http::Response<Vec<u8>>, TransportError>,
    ) -> Result<Sending, SendError> {
        // The call took its time: what it brought about is dated when it came back.
        let learned_at = Time::from(self.source.now());
        let answer = match answer {
            Ok(response) => match integration.channel {
                Channel::WhatsApp => whatsapp::outbound::answer(&response, learned_at),
            },
            Err(TransportError::NoAnswer) => Answer::Unclear,
            Err(TransportError::NotSent) => Answer::Refused {
                class: Class::Retry,
                failure: unsent("The provider could not be reached.", learned_at),
            },
        };
        match answer {
            Answer::Accepted { provider_id } => attempt.accept(learned_at, &provider_id).await,
            Answer::Unclear => attempt.save(left_unknown).await,
            Answer::Refused { class: class @ (Class::Retry | Class::Paced), failure } => {
                if attempt.attempts >= MAX_ATTEMPTS {
                    return attempt.fail(&failure).await;
                }
                attempt.save(released).await?;
                let pause = pause(attempt.attempts, class == Class::Paced);
                Ok(Sending::AgainIn(i32::try_from(pause.as_secs()).unwrap_or(i32::MAX)))
            }
            Answer::Refused { class: Class::Channel, failure } if is_token_error(failure.code) => {
                let is_replaced = self.refuse_token(integration, &failure, learned_at).await?;
                if !is_replaced || attempt.attempts >= MAX_ATTEMPTS {
                    return attempt.fail(&failure).await;
                }
                attempt.save(released).await?;
                Ok(Sending::AgainIn(1))
            }
            Answer::Refused {
                class: Class::NotNow | Class::Recipient | Class::Content | Class::Channel,
                failure,
            } => attempt.fail(&failure).await,
        }
    }
}

/// A failure of ours, before the provider had a say.
fn unsent(title: &str, at: Time) -> Failure {
    Failure { at, code: 0, title: title.to_owned() }
}

impl Attempt<'_> {
    async fn accept(&self, at: Time, provider_id: &str) -> Result<Sending, SendError> {
        let mut old = Some(self.claimed.clone());
        for _ in 0..ATTEMPTS {
            let Some(current) = old else { return Ok(Sending::Done) };
            let Direction::Outbound(known) = &current.value.direction else {
                return Ok(Sending::Done);
            };
            if known.accepted_at.is_some() {
                return Ok(Sending::Done);
            }
            let sent = Outbound { status: known.status.max(Status::Sent), ..(**known).clone() };
            let new = settle_acceptance(self.tenant, &current.value, sent, at, provider_id).await?;
            if self.tenant.save_message(&current, &new).await? {
                return Ok(Sending::Done);
            }
            old = self.tenant.message(MessageKey::of(&current.value)).await?;
        }
        Err(StoreError::Contended.into())
    }

    async fn fail(&self, failure: &Failure) -> Result<Sending, SendError> {
        self.save(|known| failed(known, failure)).await
    }

    async fn save(
        &self,
        change: impl Fn(&Outbound) -> Option<Outbound>,
    ) -> Result<Sending, SendError> {
        change_message(self.tenant, self.claimed.clone(), change).await?;
        Ok(Sending::Done)
    }
}

async fn give_up_or_wait(
    tenant: Tenant<'_>,
    other: &Versioned<Message>,
    now: Time,
) -> Result<Sending, SendError> {
    let Direction::Outbound(known) = &other.value.direction else { return Ok(Sending::Done) };
    match found(known, now) {
        Found::Done => Ok(Sending::Done),
        Found::Wait => Ok(Sending::AgainIn(10)),
        Found::Abandoned(_) => {
            let abandoned = |known: &Outbound| match found(known, now) {
                Found::Abandoned(unknown) => Some(*unknown),
                Found::Done | Found::Wait => None,
            };
            change_message(tenant, other.clone(), abandoned).await?;
            Ok(Sending::Done)
        }
    }
}
