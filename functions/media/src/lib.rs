//! The media queue: fetches customers' files while the provider has them, and takes away what is
//! left of rows that have had their time.
//!
//! A job that failed comes again by itself, after the pause that the domain asks for. The queue
//! holds it for as long as the provider's id of the file is valid, so nothing else has to
//! remember it.

use std::sync::Arc;

use app::{
    jobs::{FileJob, MediaJob},
    media::{Fetcher, Fetching},
};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use platform::{
    batch::{self, Again},
    queue::Queue,
    trace::traced,
};

/// What the function works with.
#[derive(Debug)]
pub struct Media {
    /// The use case.
    pub fetcher: Fetcher,
    /// The queue that the jobs come from.
    pub queue: Queue,
}

/// Serves one batch, one file at a time: each may be as large as the memory allows.
pub async fn handle(media: Arc<Media>, event: SqsEvent) -> SqsBatchResponse {
    batch::run(event, 1, async |message| media.serve(message).await).await
}

impl Media {
    async fn serve(&self, message: &SqsMessage) -> Result<(), Again> {
        let body = message.body.as_deref().unwrap_or_default();
        match serde_json::from_str(body) {
            Ok(FileJob::Fetch(job)) => {
                let trace = job.trace.as_deref();
                traced(trace, self.fetch(&job, message)).await
            }
            Ok(FileJob::Expire(job)) => self.fetcher.clear_expired(&job).await.map_err(|error| {
                tracing::error!(%error, "what has expired could not be taken away now");
                Again
            }),
            Err(_) => {
                tracing::error!("a media job does not read");
                Err(Again)
            }
        }
    }

    async fn fetch(&self, job: &MediaJob, message: &SqsMessage) -> Result<(), Again> {
        match self.fetcher.fetch_media(job).await {
            Ok(Fetching::Done) => Ok(()),
            Ok(Fetching::AgainIn(seconds)) => {
                let handle = message.receipt_handle.as_deref().unwrap_or_default();
                // If this fails, the job comes again all the same, only at the queue's own time.
                if let Err(error) = self.queue.again_in(handle, seconds).await {
                    tracing::warn!(%error, "a job could not be put off");
                }
                Err(Again)
            }
            Err(error) => {
                tracing::error!(%error, message_key = job.message, "a file could not be fetched now");
                Err(Again)
            }
        }
    }
}
