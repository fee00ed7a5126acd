//! Customers' files that nobody fetches: their jobs ended in the dead-letter queue, because runs
//! died or could not reach the table for as long as the queue tried. What the provider refuses for
//! a passing reason does not come here: `media` tries that again by itself.
//!
//! The message says that its file is awaited by a new chain of tries, and the stream does the rest,
//! as it did when the message came. The chains are numbered: a letter of one that was followed by
//! another, by a dead run of ours or by an agent's asking, changes nothing. So there is one at a
//! time.
//!
//! What was to be taken away, and was not, is asked for again: nothing else would ever do it.

use domain::message::{Content, File, Media, Message, abandoned};
use platform::queue::Received;
use store::{MessageKey, StoreError};

use super::{
    Sweep, Tally,
    letters::{Dealt, LetterError},
};
use crate::{ATTEMPTS, jobs::FileJob};

impl Sweep {
    pub(super) async fn abandoned_file(&self, letter: &Received) -> Result<Dealt, LetterError> {
        let job = match serde_json::from_str(&letter.body) {
            Ok(FileJob::Fetch(job)) => Some(job),
            Ok(FileJob::Expire(_)) => {
                self.queues.media.send(letter.body.clone()).await?;
                return Ok(Dealt::Done(Tally { taken_up: 1, ..Tally::default() }));
            }
            Err(_) => None,
        };
        let key = job.as_ref().and_then(|job| MessageKey::parse(&job.message));
        let (Some(job), Some(key)) = (job, key) else { return Ok(Dealt::Unreadable) };
        let tenant = self.table.tenant(job.organization_id);
        for _ in 0..ATTEMPTS {
            let nothing = Ok(Dealt::Done(Tally::default()));
            let Some(old) = tenant.message(key).await? else { return nothing };
            let Some(media) = old.value.content.media() else { return nothing };
            let file = abandoned(&media.file, job.round, old.value.at, self.now());
            let Some(file) = file else { return nothing };
            let tally = match file {
                File::Awaited { .. } => Tally { taken_up: 1, ..Tally::default() },
                File::Failed { .. } | File::Stored { .. } => {
                    Tally { given_up: 1, ..Tally::default() }
                }
            };
            let content = Content::Media(Media { file, ..media.clone() });
            let new = Message { content, ..old.value.clone() };
            if tenant.save_message(&old, &new).await? {
                return Ok(Dealt::Done(tally));
            }
        }
        Err(StoreError::Contended.into())
    }
}
