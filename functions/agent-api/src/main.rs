//! The `agent-api` function: wiring only.

use agent_api::{Api, router};
use lambda_http::{Error, run};
use platform::{Source, aws, config::required};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let table = Table::new(&aws::config().await, required("SAPA_TABLE")?);
    run(router(Api { table, source: Source::system() })).await
}
