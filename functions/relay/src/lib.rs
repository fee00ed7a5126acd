//! The table's stream: carries what is to be sent to the outbound queue, and what is to be fetched
//! to the media queue.
//!
//! Records come in order per room and are sent on in order. If the queue can't be reached, the
//! whole batch comes again: what is repeated is harmless, since the queue knows a message by its
//! id and the sender claims it. A record that does not read would not read again either: it is
//! logged and passed by, so that it delays nobody; its row is still in the table.

use std::sync::Arc;

use app::jobs::{MediaJob, SendJob};
use aws_lambda_events::event::{
    dynamodb::{Event, EventRecord},
    streams::DynamoDbEventResponse,
};
use platform::{
    aws::CallFailed,
    queue::{BATCH, Ordered, Queue},
};
use store::stream::{awaited_round, new_message};

/// What the function works with.
#[derive(Debug)]
pub struct Relay {
    /// Messages to be sent.
    pub sends: Queue,
    /// Files to be fetched.
    pub media: Queue,
}

/// Why a batch has to come again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The queue could not be reached.
    #[error(transparent)]
    Call(#[from] CallFailed),
    /// The queue took only some messages.
    #[error("a queue refused {0} messages")]
    Refused(usize),
}

/// Serves one batch. The answer names no failures: a batch is done, or it comes again.
pub async fn handle(relay: Arc<Relay>, event: Event) -> Result<DynamoDbEventResponse, RelayError> {
    let fetches: Vec<String> = event.records.iter().filter_map(fetch).collect();
    let sends: Vec<Ordered> = event.records.into_iter().filter_map(send).collect();
    for chunk in sends.chunks(BATCH) {
        all_taken(relay.sends.send_ordered(chunk).await?)?;
    }
    for chunk in fetches.chunks(BATCH) {
        all_taken(relay.media.send_batch(chunk).await?)?;
    }
    Ok(DynamoDbEventResponse::default())
}

fn all_taken(refused: Vec<usize>) -> Result<(), RelayError> {
    if refused.is_empty() { Ok(()) } else { Err(RelayError::Refused(refused.len())) }
}

/// The sending that a record asks for, if it does.
fn send(record: EventRecord) -> Option<Ordered> {
    if record.event_name != "INSERT" {
        return None;
    }
    let (organization, message) = match new_message(record.change.new_image) {
        Ok(found) => found?,
        Err(error) => {
            tracing::error!(%error, "a record of the stream does not read");
            return None;
        }
    };
    let job = SendJob::of(organization, &message)?;
    tracing::info!(trace = job.trace, message_key = job.message, "a message is to be sent");
    job.queued(&message).inspect_err(|error| tracing::error!(%error, "a job can't be written")).ok()
}

/// The fetching that a record asks for, if it does: of a message that came with a file, or whose
/// file an agent, or the sweep, asks for again.
fn fetch(record: &EventRecord) -> Option<String> {
    let change = &record.change;
    let round = awaited_round(&change.new_image)?;
    if awaited_round(&change.old_image) == Some(round) {
        return None;
    }
    let (organization, message) = new_message(change.new_image.clone()).ok()??;
    let job = MediaJob::of(organization, &message)?;
    tracing::info!(trace = job.trace, message_key = job.message, "a file is to be fetched");
    serde_json::to_string(&job)
        .inspect_err(|error| tracing::error!(%error, "a job can't be written"))
        .ok()
}
