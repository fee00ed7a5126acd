//! The `sweep` function: wiring only.

use std::sync::Arc;

use app::sweep::{Queues, Sweep};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::{Source, aws, config::required, queue::Queue};
use store::Table;
use sweep::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let queues = Queues {
        outbound: Queue::new(&aws, required("SAPA_OUTBOUND_QUEUE_URL")?),
        outbound_dead: Queue::new(&aws, required("SAPA_OUTBOUND_DEAD_LETTERS_URL")?),
        media: Queue::new(&aws, required("SAPA_MEDIA_QUEUE_URL")?),
        media_dead: Queue::new(&aws, required("SAPA_MEDIA_DEAD_LETTERS_URL")?),
    };
    let sweep = Arc::new(Sweep::new(table, Source::system(), queues));
    run(service_fn(|event: LambdaEvent<_>| {
        let sweep = Arc::clone(&sweep);
        async move {
            handle(sweep, event.payload).await;
            Ok::<_, Error>(())
        }
    }))
    .await
}
