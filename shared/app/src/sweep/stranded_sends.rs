//! Messages of ours that stayed `queued`: their jobs ended in the dead-letter queue.
//!
//! The job is queued again, or the message marked as failed. Done twice, the queue knows the round
//! and the claim knows the message.

use domain::{
    Time,
    message::{Direction, Failure, Message, Outbound, Stranded, rest, stranded},
};
use platform::{queue::Received, trace::traced};
use store::{MessageKey, Versioned};

use super::{
    Sweep, Tally,
    letters::{Dealt, LetterError},
};
use crate::{change_message::change_message, jobs::SendJob, outcomes::Sent};

impl Sweep {
    pub(super) async fn stranded_send(&self, letter: &Received) -> Result<Dealt, LetterError> {
        let job = serde_json::from_str::<SendJob>(&letter.body).ok();
        let key = job.as_ref().and_then(|job| MessageKey::parse(&job.message));
        let (Some(job), Some(key)) = (job, key) else { return Ok(Dealt::Unreadable) };
        let now = self.now();
        let ready = letter.sent_at.map(|at| Time::from_millis(at).plus(rest(job.rounds)));
        if let Some(left) = ready.map(|ready| ready.millis() - now.millis()).filter(|ms| *ms > 0) {
            return Ok(Dealt::AgainIn(i32::try_from(left / 1000 + 1).unwrap_or(i32::MAX)));
        }
        let message = self.table.tenant(job.organization_id).message(key).await?;
        let Some(message) = message else { return Ok(Dealt::Done(Tally::default())) };
        let dealt = traced(job.trace.as_deref(), self.take_up(&job, message, now)).await;
        dealt.map(Dealt::Done)
    }

    async fn take_up(
        &self,
        job: &SendJob,
        message: Versioned<Message>,
        now: Time,
    ) -> Result<Tally, LetterError> {
        let Direction::Outbound(outbound) = &message.value.direction else {
            return Ok(Tally::default());
        };
        let title = "The message could not be sent in all our tries. You can send it again.";
        let failure = Failure::uncoded(title, now);
        match stranded(outbound, job.rounds, &failure) {
            Stranded::Settled => Ok(Tally::default()),
            Stranded::Again => {
                let again = SendJob { rounds: job.rounds + 1, ..job.clone() };
                let again = again.queued(&message.value)?;
                if !self.queues.outbound.send_ordered(&[again]).await?.is_empty() {
                    return Err(LetterError::Refused);
                }
                tracing::info!(message_key = job.message, "a message is taken up again");
                Ok(Tally { taken_up: 1, ..Tally::default() })
            }
            Stranded::GivenUp(new) => {
                let give_up = |known: &Outbound| match stranded(known, job.rounds, &failure) {
                    Stranded::GivenUp(new) => Some(*new),
                    Stranded::Settled | Stranded::Again => None,
                };
                let tenant = self.table.tenant(job.organization_id);
                if change_message(tenant, message, give_up).await? {
                    let sent = if new.failure.is_some() { Sent::Failed } else { Sent::Unknown };
                    sent.tell(&job.message, now);
                }
                Ok(Tally { given_up: 1, ..Tally::default() })
            }
        }
    }
}
