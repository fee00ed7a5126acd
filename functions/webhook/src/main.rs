//! The `webhook` function: wiring only.

use std::sync::Arc;

use app::inbound::Inbound;
use lambda_http::{Error, service_fn};
use platform::{
    Source, aws, config::required, gateway, objects::Bucket, queue::Queue, secrets::Secrets,
};
use store::Table;
use webhook::{Webhook, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let source = Source::system();
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let bucket = Bucket::new(&aws, required("SAPA_BUCKET")?);
    let retries = Queue::new(&aws, required("SAPA_RETRY_QUEUE_URL")?);
    let secrets = Secrets::new(&aws, required("SAPA_KMS_KEY")?);
    let inbound = Inbound::new(table, bucket, source.clone());
    let webhook = Arc::new(Webhook { inbound, retries, secrets, source });
    gateway::run(service_fn(|request| {
        let webhook = Arc::clone(&webhook);
        async move { Ok::<_, Error>(handle(webhook, request).await) }
    }))
    .await
}
