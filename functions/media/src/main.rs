//! The `media` function: wiring only.

use std::sync::Arc;

use app::media::Fetcher;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use media::{Media, handle};
use platform::{
    Source, aws, config::required, files::Files, queue::Queue, secrets::Secrets, transport::Https,
};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let fetcher = Fetcher::new(
        Table::new(&aws, required("SAPA_TABLE")?),
        Secrets::new(&aws, required("SAPA_KMS_KEY")?),
        Files::new(&aws, required("SAPA_BUCKET")?),
        Arc::new(Https::new()?),
        Source::system(),
        required("SAPA_GRAPH_URL")?,
    );
    let queue = Queue::new(&aws, required("SAPA_MEDIA_QUEUE_URL")?);
    let media = Arc::new(Media { fetcher, queue });
    run(service_fn(|event: LambdaEvent<_>| {
        let media = Arc::clone(&media);
        async move { Ok::<_, Error>(handle(media, event.payload).await) }
    }))
    .await
}
