//! The `relay` function: wiring only.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::{aws, config::required, queue::Queue};
use relay::{Relay, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let relay = Arc::new(Relay {
        sends: Queue::new(&aws, required("SAPA_OUTBOUND_QUEUE_URL")?),
        media: Queue::new(&aws, required("SAPA_MEDIA_QUEUE_URL")?),
    });
    run(service_fn(|event: LambdaEvent<_>| {
        let relay = Arc::clone(&relay);
        async move { handle(relay, event.payload).await.map_err(Error::from) }
    }))
    .await
}
