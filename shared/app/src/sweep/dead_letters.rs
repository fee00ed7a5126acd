//! Messages that stayed `queued`: their jobs ended in the dead-letter queue.
//!
//! That is the only place where a job can be once the stream has told of its message, so nothing
//! needs an index to find them. Order of steps: the job is queued again, or the message marked as
//! failed, and only then is the letter deleted. A run that dies in between does it again: the
//! queue knows the round, and the claim knows the message.

use domain::{
    Time,
    message::{Direction, Failure, Message, Outbound, Stranded, rest, stranded},
};
use platform::{aws::CallFailed, queue::Received};
use store::{MessageKey, StoreError, Versioned};

use super::{Sweep, Tally};
use crate::{change_message::change_message, jobs::SendJob};

/// How many portions of ten a run takes.
const PORTIONS: usize = 30;

/// For how long a letter is put off that does not read: a person has to look at it.
const UNREADABLE_REST: i32 = 12 * 3600;

/// A letter could not be dealt with now.
#[derive(Debug, thiserror::Error)]
enum LetterError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Call(#[from] CallFailed),
    #[error("a job can't be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    #[error("the outbound queue refused a job")]
    Refused,
}

impl Sweep {
    pub(super) async fn dead_letters(&self, end: Time) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..PORTIONS {
            let letters = match self.dead.receive().await {
                Ok(letters) => letters,
                Err(error) => return tally + Tally::failure(&error),
            };
            if letters.is_empty() || self.now() >= end {
                return tally;
            }
            // One after the other: those of one room keep their order.
            for letter in letters {
                tally = tally
                    + match self.letter(&letter).await {
                        Ok(one) => one,
                        Err(error) => Tally::failure(&error),
                    };
            }
        }
        tally
    }

    async fn letter(&self, letter: &Received) -> Result<Tally, LetterError> {
        let job = serde_json::from_str::<SendJob>(&letter.body).ok();
        let key = job.as_ref().and_then(|job| MessageKey::parse(&job.message));
        let (Some(job), Some(key)) = (job, key) else {
            tracing::error!("a dead letter does not read");
            self.dead.again_in(&letter.handle, UNREADABLE_REST).await?;
            return Ok(Tally::default());
        };
        let now = self.now();
        let ready = letter.sent_at.map(|at| Time::from_millis(at).plus(rest(job.rounds)));
        if let Some(left) = ready.map(|ready| ready.millis() - now.millis()).filter(|ms| *ms > 0) {
            let seconds = i32::try_from(left / 1000 + 1).unwrap_or(i32::MAX);
            self.dead.again_in(&letter.handle, seconds).await?;
            return Ok(Tally::default());
        }
        let tally = match self.table.tenant(job.organization_id).message(key).await? {
            Some(message) => self.stranded(&job, message, now).await?,
            None => Tally::default(),
        };
        self.dead.delete(&letter.handle).await?;
        Ok(tally)
    }

    async fn stranded(
        &self,
        job: &SendJob,
        message: Versioned<Message>,
        now: Time,
    ) -> Result<Tally, LetterError> {
        let Direction::Outbound(outbound) = &message.value.direction else {
            return Ok(Tally::default());
        };
        let title = "The message could not be sent in all our tries. You can send it again.";
        let failure = Failure { at: now, code: 0, title: title.into() };
        match stranded(outbound, job.rounds, &failure) {
            Stranded::Settled => Ok(Tally::default()),
            Stranded::Again => {
                let again = SendJob { rounds: job.rounds + 1, ..job.clone() };
                let refused = self.outbound.send_ordered(&[again.queued(&message.value)?]).await?;
                if !refused.is_empty() {
                    return Err(LetterError::Refused);
                }
                Ok(Tally { taken_up: 1, ..Tally::default() })
            }
            Stranded::GivenUp(_) => {
                let give_up = |known: &Outbound| match stranded(known, job.rounds, &failure) {
                    Stranded::GivenUp(new) => Some(*new),
                    Stranded::Settled | Stranded::Again => None,
                };
                let tenant = self.table.tenant(job.organization_id);
                change_message(tenant, message, give_up).await?;
                Ok(Tally { given_up: 1, ..Tally::default() })
            }
        }
    }
}
