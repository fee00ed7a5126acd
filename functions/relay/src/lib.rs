//! The table's stream: carries what is to be sent to the outbound queue.
//!
//! Records come in order per room and are sent on in order. If the queue can't be reached, the
//! whole batch comes again: what is repeated is harmless, since the queue knows a message by its
//! id and the sender claims it. A record that does not read would not read again either: it is
//! logged and passed by, so that it delays nobody; its row is still in the table.

use std::sync::Arc;

use app::jobs::SendJob;
use aws_lambda_events::event::{
    dynamodb::{Event, EventRecord},
    streams::DynamoDbEventResponse,
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

/// Serves one batch. The answer names no failures: a batch is done, or it comes again.
pub async fn handle(queue: Arc<Queue>, event: Event) -> Result<DynamoDbEventResponse, RelayError> {
    let jobs: Vec<Ordered> = event.records.into_iter().filter_map(job).collect();
    for chunk in jobs.chunks(BATCH) {
        let refused = queue.send_ordered(chunk).await?;
        if !refused.is_empty() {
            return Err(RelayError::Refused(refused.len()));
        }
    }
    Ok(DynamoDbEventResponse::default())
}

/// The job that a record asks for, if it does.
fn job(record: EventRecord) -> Option<Ordered> {
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
    let job = SendJob::of(organization, &message)?.queued(&message);
    job.inspect_err(|error| tracing::error!(%error, "a job can't be written")).ok()
}
