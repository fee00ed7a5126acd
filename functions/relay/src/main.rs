//! The `relay` function: wiring only.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::{aws, config::required, queue::Queue};
use relay::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let queue = Arc::new(Queue::new(&aws::config().await, required("SAPA_OUTBOUND_QUEUE_URL")?));
    run(service_fn(|event: LambdaEvent<_>| {
        let queue = Arc::clone(&queue);
        async move { handle(queue, event.payload).await.map_err(Error::from) }
    }))
    .await
}
