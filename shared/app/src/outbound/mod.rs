//! Messages on their way to the providers.

mod refuse_token;
mod send_queued_message;

use std::sync::Arc;

use domain::{
    Id,
    integration::{Connection, Integration, Organization},
};
use jiff::SignedDuration;
use platform::{
    Ctx, Source,
    cache::Cache,
    files::Files,
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
    files: Files,
    transport: Arc<dyn Transport>,
    source: Source,
    graph_url: String,
    integrations: Cache<Integration>,
}

/// The account that a message is to go through.
enum Account {
    /// With its token.
    Open(Box<Integration>, SecretString),
    /// Nothing can go through it, for this reason.
    Gone(&'static str),
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// Binds sending to a table, a key, the files, a way out and the Graph API's address.
    pub fn new(
        table: Table,
        secrets: Secrets,
        files: Files,
        transport: Arc<dyn Transport>,
        source: Source,
        graph_url: String,
    ) -> Self {
        let integrations = Cache::new(SignedDuration::from_secs(60), 1000);
        Self { table, secrets, files, transport, source, graph_url, integrations }
    }

    /// The account that a message goes through, with its token. An integration is remembered for a
    /// minute.
    async fn account(
        &self,
        organization: Id<Organization>,
        id: Id<Integration>,
        ctx: &Ctx,
    ) -> Result<Account, SendError> {
        let key = remembered_as(organization, id);
        let integration = match self.integrations.get(&key, ctx.now) {
            Some(integration) => integration,
            None => match self.table.tenant(organization).integration(id).await? {
                Some(row) => {
                    self.integrations.put(&key, row.value.clone(), ctx.now);
                    row.value
                }
                None => return Ok(Account::Gone("The integration is gone.")),
            },
        };
        if matches!(integration.connection, Connection::Disconnected { .. }) {
            return Ok(Account::Gone("The channel account is disconnected."));
        }
        let owner = secret_owners::token(&integration);
        match self.secrets.open(&integration.token, &owner, ctx.now).await {
            Ok(token) => Ok(Account::Open(Box::new(integration), token)),
            Err(SecretError::Damaged) => Ok(Account::Gone("The channel token can't be opened.")),
            Err(passing) => Err(passing.into()),
        }
    }
}

/// The name under which an integration is remembered.
fn remembered_as(organization: Id<Organization>, id: Id<Integration>) -> String {
    format!("{organization}/{id}")
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
