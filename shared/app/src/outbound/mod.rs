//! Messages on their way to the providers.

mod send_queued_message;

use std::sync::Arc;

use domain::{
    Id,
    integration::{Integration, Organization},
};
use jiff::SignedDuration;
use platform::{
    Ctx, Source,
    cache::Cache,
    secrets::{SecretError, Secrets},
    transport::Transport,
};
use secrecy::SecretString;
use store::{StoreError, Table};

pub use send_queued_message::Sending;

use crate::secret_owners;

/// What sending works with.
pub struct Sender {
    table: Table,
    secrets: Secrets,
    transport: Arc<dyn Transport>,
    source: Source,
    graph_url: String,
    integrations: Cache<Integration>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// Binds sending to a table, a key, a way out and the Graph API's address.
    pub fn new(
        table: Table,
        secrets: Secrets,
        transport: Arc<dyn Transport>,
        source: Source,
        graph_url: String,
    ) -> Self {
        let integrations = Cache::new(SignedDuration::from_secs(60), 1000);
        Self { table, secrets, transport, source, graph_url, integrations }
    }

    /// The account that a message goes through, with its token.
    async fn account(
        &self,
        organization: Id<Organization>,
        id: Id<Integration>,
        ctx: &Ctx,
    ) -> Result<Option<(Integration, SecretString)>, SendError> {
        let key = format!("{organization}/{id}");
        let integration = match self.integrations.get(&key, ctx.now) {
            Some(integration) => integration,
            None => match self.table.tenant(organization).integration(id).await? {
                Some(integration) => {
                    self.integrations.put(&key, integration.clone(), ctx.now);
                    integration
                }
                None => return Ok(None),
            },
        };
        let owner = secret_owners::token(&integration);
        let token = self.secrets.open(&integration.token, &owner, ctx.now).await?;
        Ok(Some((integration, token)))
    }
}

/// A message could not be dealt with now; the queue hands it out again.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The channel token can't be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
}
