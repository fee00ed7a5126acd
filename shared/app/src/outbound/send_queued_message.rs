//! Sends one message: claim, call, record.
//!
//! A run can die anywhere. Before the claim, nothing happened. Between claim and record, the
//! next run finds the claim, waits until its lease is over, and marks the message unknown; a
//! report of the provider settles it. After the record, the next run finds nothing to do. So
//! the provider is called at most once, unless it said itself that it did not take the message.

use std::{collections::BTreeMap, time::Duration};

use channels::{
    Answer, Class, OutboundMessage,
    whatsapp::{self, errors::is_token_error},
};
use domain::{
    Time,
    channel::Channel,
    integration::Integration,
    message::{
        Content, Direction, Failure, File, Found, MAX_ATTEMPTS, Message, Outbound, Status, failed,
        found, left_unknown, pause, released,
    },
};
use platform::{Ctx, aws::CallFailed, files::Shown, transport::TransportError};
use secrecy::ExposeSecret;
use store::{Claim, MessageKey, StoreError, Tenant, Versioned};

use super::{SendError, Sender, call_off::is_called_off};
use crate::{
    ATTEMPTS, accounts::Account, change_message::change_message, jobs::SendJob, outcomes::Sent,
    settle_acceptance::settle_acceptance,
};

/// How long the provider may take to answer: well within the function's 30 s, so that the
/// outcome can still be recorded.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// How long the provider may fetch a message's files. It does so right after it took the message;
/// the rest is for a day on which it is slow. Files go by links, not through this function: it
/// would have to hold up to 100 MB and hand them on within its 30 s, and the link is known to the
/// provider only, opens one object, and is of no use after these minutes.
const LINK_LIFE: Duration = Duration::from_secs(15 * 60);

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
        let account = self.accounts.open(job.organization_id, job.integration_id, &ctx).await?;
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
        match is_called_off(tenant, &claimed.value, attempt.attempts).await {
            Ok(false) => {}
            Ok(true) => return attempt.fail(&unsent("The contact was erased.", now)).await,
            Err(error) => {
                tracing::error!(%error, "a contact can't be looked at");
                let again = later("It can't be seen whether the contact is still there.", now);
                return self.settle(&attempt, &integration, again, now).await;
            }
        }
        let links = match self.links(&claimed.value.content, &ctx).await {
            Ok(links) => links,
            Err(error) => {
                tracing::error!(%error, "a file can't be linked to");
                let again = later("A file of the message can't be reached.", now);
                return self.settle(&attempt, &integration, again, now).await;
            }
        };
        let request =
            self.request(&integration, token.expose_secret(), &claimed.value, outbound, &links);
        let request = match request {
            Ok(request) => request,
            Err(title) => return attempt.fail(&unsent(&title, now)).await,
        };
        let answer = self.transport.send(request, CALL_LIMIT).await;
        self.record(&attempt, &integration, answer).await
    }

    /// Where the provider can fetch the message's files, by their names in the bucket.
    async fn links(
        &self,
        content: &Content,
        ctx: &Ctx,
    ) -> Result<BTreeMap<String, String>, CallFailed> {
        let mut links = BTreeMap::new();
        for media in content.files() {
            let File::Stored { key, mime_type, .. } = &media.file else { continue };
            let shown = Shown { mime_type, filename: media.filename.as_deref(), is_inline: true };
            let link = self.files.link(key, &shown, ctx.now, LINK_LIFE).await?;
            links.insert(key.clone(), link);
        }
        Ok(links)
    }

    fn request(
        &self,
        integration: &Integration,
        token: &str,
        message: &Message,
        outbound: &Outbound,
        links: &BTreeMap<String, String>,
    ) -> Result<http::Request<Vec<u8>>, String> {
        let reference = MessageKey::of(message).to_string();
        let sent = OutboundMessage {
            to: &outbound.to,
            content: &message.content,
            reply_to: message.context.reply_to.as_deref(),
            reference: &reference,
            links,
        };
        match integration.channel {
            Channel::WhatsApp => {
                whatsapp::outbound::request(&self.graph_url, &integration.account, token, &sent)
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
            Err(TransportError::NotSent) => later("The provider could not be reached.", learned_at),
        };
        self.settle(attempt, integration, answer, learned_at).await
    }

    /// Records what the provider's answer means.
    async fn settle(
        &self,
        attempt: &Attempt<'_>,
        integration: &Integration,
        answer: Answer,
        learned_at: Time,
    ) -> Result<Sending, SendError> {
        match answer {
            Answer::Accepted { provider_id } => attempt.accept(learned_at, &provider_id).await,
            Answer::Unclear => attempt.save(left_unknown, Sent::Unknown, learned_at).await,
            Answer::Refused { class: class @ (Class::Retry | Class::Paced), failure } => {
                if attempt.attempts >= MAX_ATTEMPTS {
                    return attempt.fail(&failure).await;
                }
                attempt.save(released, Sent::Again, learned_at).await?;
                let pause = pause(attempt.attempts, class == Class::Paced);
                Ok(Sending::AgainIn(i32::try_from(pause.as_secs()).unwrap_or(i32::MAX)))
            }
            Answer::Refused { class: Class::Channel, failure } if is_token_error(failure.code) => {
                let is_replaced = {
                    let now = self.source.now();
                    self.accounts.refuse_token(integration, &failure, now).await?
                };
                if !is_replaced || attempt.attempts >= MAX_ATTEMPTS {
                    return attempt.fail(&failure).await;
                }
                attempt.save(released, Sent::Again, learned_at).await?;
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
    Failure::uncoded(title, at)
}

/// The same, and another try may succeed.
fn later(title: &str, at: Time) -> Answer {
    Answer::Refused { class: Class::Retry, failure: unsent(title, at) }
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
                tell(Sent::Accepted, &new, at);
                return Ok(Sending::Done);
            }
            old = self.tenant.message(MessageKey::of(&current.value)).await?;
        }
        Err(StoreError::Contended.into())
    }

    async fn fail(&self, failure: &Failure) -> Result<Sending, SendError> {
        self.save(|known| failed(known, failure), Sent::Failed, failure.at).await
    }

    async fn save(
        &self,
        change: impl Fn(&Outbound) -> Option<Outbound>,
        sent: Sent,
        at: Time,
    ) -> Result<Sending, SendError> {
        if change_message(self.tenant, self.claimed.clone(), change).await? {
            tell(sent, &self.claimed.value, at);
        }
        Ok(Sending::Done)
    }
}

fn tell(sent: Sent, message: &Message, at: Time) {
    sent.tell(&MessageKey::of(message).to_string(), at);
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
            if change_message(tenant, other.clone(), abandoned).await? {
                tell(Sent::Unknown, &other.value, now);
            }
            Ok(Sending::Done)
        }
    }
}
