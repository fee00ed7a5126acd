//! The `relay` function: wiring only.

use std::sync::Arc;

use app::live::Pusher;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::{
    Source, aws,
    config::{function_name, required},
    objects::Bucket,
    push::Push,
    queue::Queue,
};
use relay::{Relay, handle};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let relay = Arc::new(Relay {
        sends: Queue::new(&aws, required("SAPA_OUTBOUND_QUEUE_URL")?),
        media: Queue::new(&aws, required("SAPA_MEDIA_QUEUE_URL")?),
        table: Table::new(&aws, required("SAPA_TABLE")?),
        bucket: Bucket::new(&aws, required("SAPA_BUCKET")?),
        function: function_name(),
        pusher: Pusher::new(Push::new(&aws, required("SAPA_SOCKETS_URL")?)),
        source: Source::system(),
    });
    run(service_fn(|event: LambdaEvent<_>| {
        let relay = Arc::clone(&relay);
        async move { handle(relay, event.payload).await.map_err(Error::from) }
    }))
    .await
}
