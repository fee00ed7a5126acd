//! The outbound queue: sends messages through their channels.

use std::sync::Arc;

use app::{
    jobs::SendJob,
    outbound::{Sender, Sending},
};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use platform::{
    batch::{self, Again},
    queue::Queue,
    trace::traced,
};

/// What the function works with.
#[derive(Debug)]
pub struct Outbound {
    /// The use case.
    pub sender: Sender,
    /// The queue that the jobs come from.
    pub queue: Queue,
}

/// Serves one batch.
pub async fn handle(outbound: Arc<Outbound>, event: SqsEvent) -> SqsBatchResponse {
    batch::run(event, 10, async |message| outbound.serve(message).await).await
}

impl Outbound {
    async fn serve(&self, message: &SqsMessage) -> Result<(), Again> {
        let body = message.body.as_deref().unwrap_or_default();
        let Ok(job) = serde_json::from_str::<SendJob>(body) else {
            tracing::error!("a send job does not read");
            return Err(Again);
        };
        let trace = job.trace.as_deref();
        traced(trace, self.send(&job, message)).await
    }

    async fn send(&self, job: &SendJob, message: &SqsMessage) -> Result<(), Again> {
        match self.sender.send_queued_message(job).await {
            Ok(Sending::Done) => Ok(()),
            Ok(Sending::AgainIn(seconds)) => {
                let handle = message.receipt_handle.as_deref().unwrap_or_default();
                // If this fails, the job comes again all the same, only at the queue's own time.
                if let Err(error) = self.queue.again_in(handle, seconds).await {
                    tracing::warn!(%error, "a job could not be put off");
                }
                Err(Again)
            }
            Err(error) => {
                tracing::error!(%error, message_key = job.message, "a message could not be sent now");
                Err(Again)
            }
        }
    }
}
