//! The `agent-api` function: wiring only.

use std::sync::Arc;

use agent_api::{Api, router};
use app::integrations::Connector;
use lambda_http::Error;
use platform::{
    Source, aws,
    cognito::UserPool,
    config::required,
    files::Files,
    gateway,
    jwt::Verifier,
    secrets::Secrets,
    transport::{Https, Transport},
};
use store::Table;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::telemetry::init();
    let aws = aws::config().await;
    let (source, transport): (_, Arc<dyn Transport>) = (Source::system(), Arc::new(Https::new()?));
    let key = required("SAPA_KMS_KEY")?;
    let connector = Connector {
        secrets: Secrets::new(&aws, key.clone()),
        transport: Arc::clone(&transport),
        source: source.clone(),
        graph_url: required("SAPA_GRAPH_URL")?,
        webhook_url: required("SAPA_WEBHOOK_URL")?,
    };
    let client = required("SAPA_USER_POOL_CLIENT")?;
    let pool = UserPool::new(&aws, required("SAPA_USER_POOL")?, client.clone());
    let (issuer, keys) = (required("SAPA_ISSUER")?, required("SAPA_JWKS_URL")?);
    let verifier = Verifier::new(issuer, client, keys, transport);
    let table = Table::new(&aws, required("SAPA_TABLE")?);
    let files = Files::new(&aws, required("SAPA_BUCKET")?);
    let secrets = Secrets::new(&aws, key);
    let sockets_url = required("SAPA_SOCKETS_URL")?;
    let api = Api::new(table, source, secrets, files, connector, pool, verifier, sockets_url);
    gateway::run(router(api)).await
}
