//! The `agent-api` function: wiring only.

use std::sync::Arc;

use agent_api::{Api, router};
use app::integrations::Connector;
use lambda_http::{Error, run};
use platform::{Source, aws, config::required, files::Files, secrets::Secrets, transport::Https};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let source = Source::system();
    let connector = Connector {
        secrets: Secrets::new(&aws, required("SAPA_KMS_KEY")?),
        transport: Arc::new(Https::new()?),
        source: source.clone(),
        graph_url: required("SAPA_GRAPH_URL")?,
        webhook_url: required("SAPA_WEBHOOK_URL")?,
    };
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let files = Files::new(&aws, required("SAPA_BUCKET")?);
    run(router(Api { table, files, connector, source })).await
}
