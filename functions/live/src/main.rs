//! The `live` function: wiring only.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use live::{Live, handle};
use platform::{Source, aws, config::required};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let table = Table::new(&aws::config().await, required("SAPA_TABLE")?);
    let live = Arc::new(Live { table, source: Source::system() });
    run(service_fn(|event: LambdaEvent<_>| {
        let live = Arc::clone(&live);
        async move { Ok::<_, Error>(handle(live, event.payload).await) }
    }))
    .await
}
