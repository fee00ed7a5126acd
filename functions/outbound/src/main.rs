//! The `outbound` function: wiring only.

use std::sync::Arc;

use app::outbound::Sender;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use outbound::{Outbound, handle};
use platform::{
    Source, aws, config::required, files::Files, queue::Queue, secrets::Secrets, transport::Https,
};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let secrets = Secrets::new(&aws, required("SAPA_KMS_KEY")?);
    let queue = Queue::new(&aws, required("SAPA_OUTBOUND_QUEUE_URL")?);
    let https = Arc::new(Https::new()?);
    let files = Files::new(&aws, required("SAPA_BUCKET")?);
    let graph_url = required("SAPA_GRAPH_URL")?;
    let sender = Sender::new(table, secrets, files, https, Source::system(), graph_url);
    let outbound = Arc::new(Outbound { sender, queue });
    run(service_fn(|event: LambdaEvent<_>| {
        let outbound = Arc::clone(&outbound);
        async move { Ok::<_, Error>(handle(outbound, event.payload).await) }
    }))
    .await
}
