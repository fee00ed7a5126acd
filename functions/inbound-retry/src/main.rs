//! The `inbound-retry` function: wiring only.

use std::sync::Arc;

use app::inbound::Inbound;
use inbound_retry::handle;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::{Source, aws, config::required, objects::Bucket};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let bucket = Bucket::new(&aws, required("SAPA_BUCKET")?);
    let inbound = Arc::new(Inbound::new(table, bucket, Source::system()));
    run(service_fn(|event: LambdaEvent<_>| {
        let inbound = Arc::clone(&inbound);
        async move { Ok::<_, Error>(handle(inbound, event.payload).await) }
    }))
    .await
}
