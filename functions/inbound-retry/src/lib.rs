//! The retry queue: elements that `webhook` set aside, by the same use case.

use std::sync::Arc;

use app::{inbound::Inbound, jobs::RetryJob};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use platform::{
    batch::{self, Again},
    trace::traced,
};

/// Serves one batch.
pub async fn handle(inbound: Arc<Inbound>, event: SqsEvent) -> SqsBatchResponse {
    batch::run(event, 10, async |message| {
        let body = message.body.as_deref().unwrap_or_default();
        let Ok(job) = serde_json::from_str::<RetryJob>(body) else {
            tracing::error!("a retry job does not read");
            // To the dead-letter queue with it, where a person can look at it.
            return Err(Again);
        };
        let stored = traced(job.trace.as_deref(), inbound.retry_element(&job)).await;
        stored.map_err(|error| {
            tracing::warn!(%error, element_id = %job.element_id, "an element failed again");
            Again
        })
    })
    .await
}
