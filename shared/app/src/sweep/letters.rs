//! Dead letters: jobs that a queue has given up.
//!
//! That is the only place where a job can be once the stream has told of its message, so nothing
//! needs an index to find what was left behind. Order of steps: what the letter is about is dealt
//! with, and only then is the letter deleted. A run that dies in between does it again.

use domain::Time;
use platform::{
    aws::CallFailed,
    queue::{Queue, Received},
};
use store::StoreError;

use super::{Sweep, Tally};

/// How many portions of ten a run takes of each queue.
const PORTIONS: usize = 30;

/// For how long a letter is put off that a person has to look at: one that does not read. Short, since
/// `cargo dev redrive` can't have it meanwhile; and SQS hides nothing for longer than 12 hours.
const UNREADABLE_REST: i32 = 15 * 60;

/// A letter could not be dealt with now.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Call(#[from] CallFailed),
    #[error("a job can't be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    #[error("a queue refused a job")]
    Refused,
}

/// What is to become of a letter.
pub(super) enum Dealt {
    /// It is not needed any more.
    Done(Tally),
    /// It is looked at again after so many seconds.
    AgainIn(i32),
    /// It says nothing that anybody can read.
    Unreadable,
}

impl Sweep {
    pub(super) async fn dead_letters(&self, end: Time) -> Tally {
        let sends = self.letters(&self.queues.outbound_dead, end, async |letter| {
            self.stranded_send(letter).await
        });
        let files = self.letters(&self.queues.media_dead, end, async |letter| {
            self.abandoned_file(letter).await
        });
        let (sends, files) = tokio::join!(Box::pin(sends), Box::pin(files));
        sends + files
    }

    /// Deals with the letters of one queue, one after the other: those of one room keep their
    /// order.
    async fn letters(
        &self,
        dead: &Queue,
        end: Time,
        deal: impl AsyncFn(&Received) -> Result<Dealt, LetterError>,
    ) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..PORTIONS {
            let letters = match dead.receive().await {
                Ok(letters) => letters,
                Err(error) => return tally + Tally::failure(&error),
            };
            if letters.is_empty() || self.now() >= end {
                return tally;
            }
            for letter in letters {
                let dealt = match deal(&letter).await {
                    Ok(dealt) => settle(dead, &letter, dealt).await,
                    Err(error) => Err(error),
                };
                tally = tally + dealt.unwrap_or_else(|error| Tally::failure(&error));
            }
        }
        tally
    }
}

async fn settle(dead: &Queue, letter: &Received, dealt: Dealt) -> Result<Tally, LetterError> {
    match dealt {
        Dealt::Done(tally) => {
            dead.delete(&letter.handle).await?;
            Ok(tally)
        }
        Dealt::AgainIn(seconds) => {
            dead.again_in(&letter.handle, seconds).await?;
            Ok(Tally::default())
        }
        Dealt::Unreadable => {
            tracing::error!("a dead letter does not read");
            dead.again_in(&letter.handle, UNREADABLE_REST).await?;
            Ok(Tally::default())
        }
    }
}
