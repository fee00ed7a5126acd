//! The table's stream: carries what is to be sent to the outbound queue.
//!
//! Records come in order per room and are sent on in order. If the queue can't be reached, the
//! whole batch comes again: what is repeated is harmless, since the queue knows a message by its
//! id and the sender claims it. A record that does not read is named in the answer instead, so
//! that Lambda puts aside that one and no other.

use std::sync::Arc;

use app::jobs::SendJob;
use aws_lambda_events::event::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use platform::{
    aws::CallFailed,
    queue::{BATCH, Ordered, Queue},
};
use store::stream::new_message;

/// Why a batch has to come again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The queue could not be reached.
    #[error(transparent)]
    Call(#[from] CallFailed),
    /// The queue took only some messages.
    #[error("the outbound queue refused {0} messages")]
    Refused(usize),
}

/// Serves one batch.
pub async fn handle(queue: Arc<Queue>, event: Event) -> Result<DynamoDbEventResponse, RelayError> {
    let mut jobs = Vec::new();
    let mut response = DynamoDbEventResponse::default();
    for record in event.records {
        let sequence = record.change.sequence_number.clone();
        match job(record) {
            Ok(Some(job)) => jobs.push(job),
            Ok(None) => {}
            Err(()) => {
                // Lambda repeats from here on: what stands before it goes now.
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = sequence;
                response.batch_item_failures.push(failure);
                break;
            }
        }
    }
    for chunk in jobs.chunks(BATCH) {
        let refused = queue.send_ordered(chunk).await?;
        if !refused.is_empty() {
            return Err(RelayError::Refused(refused.len()));
        }
    }
    Ok(response)
}

/// The job that a record asks for, if it does.
fn job(record: EventRecord) -> Result<Option<Ordered>, ()> {
    if record.event_name != "INSERT" {
        return Ok(None);
    }
    let found = new_message(record.change.new_image).map_err(|error| {
        tracing::error!(%error, "a record of the stream does not read");
    })?;
    let Some((organization, message)) = found else { return Ok(None) };
    let Some(job) = SendJob::of(organization, &message) else { return Ok(None) };
    job.queued(&message).map(Some).map_err(|error| {
        tracing::error!(%error, "a job can't be written");
    })
}
