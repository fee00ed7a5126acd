//! What providers deliver, on its way into the table.

mod annotate_message;
mod apply_status;
mod change_account;
mod change_identity;
mod identify;
mod identity_rows;
mod introduce;
mod keep_event;
mod receive_delivery;
mod receive_echo;
mod receive_message;
mod retry_element;
mod reword;
mod store_element;
mod unite_rooms;
mod whose;

use domain::{
    Id, Time,
    integration::{Connection, Integration, Organization, ProviderApp},
};
use platform::{Source, cache::Cache, objects::Bucket};
use store::{StoreError, Table};

use crate::memory::{CAPACITY, LIFE, Memory};

pub use receive_delivery::Received;

/// What the inbound use cases work with.
#[derive(Debug)]
pub struct Inbound {
    table: Table,
    bucket: Bucket,
    source: Source,
    apps: Cache<ProviderApp>,
    integrations: Cache<Integration>,
    memory: Memory,
}

impl Inbound {
    /// Binds the use cases to a table and a bucket.
    pub fn new(table: Table, bucket: Bucket, source: Source) -> Self {
        let (apps, integrations) = (Cache::new(LIFE, CAPACITY), Cache::new(LIFE, CAPACITY));
        Self { table, bucket, source, apps, integrations, memory: Memory::default() }
    }

    /// When what an organization is told now has had its time.
    async fn expiry(&self, org: Id<Organization>) -> Result<Option<Time>, StoreError> {
        let now = self.source.now();
        Ok(self.memory.retention(self.table.tenant(org), now).await?.ends(Time::from(now)))
    }

    /// The provider app of a webhook address. Only what exists is remembered, so that strangers'
    /// guesses take no room and a new app works at once.
    pub async fn app(&self, key: &str) -> Result<Option<ProviderApp>, StoreError> {
        let now = self.source.now();
        if let Some(app) = self.apps.get(key, now) {
            return Ok(Some(app));
        }
        let app = self.table.provider_app(key).await?;
        if let Some(app) = &app {
            self.apps.put(key, app.clone(), now);
        }
        Ok(app)
    }

    /// The integration that an element of this app is for: it must be bound to the app.
    async fn integration(
        &self,
        app: &ProviderApp,
        account: &str,
    ) -> Result<Option<Integration>, StoreError> {
        let now = self.source.now();
        let is_bound = |integration: &Integration| integration.app_key == app.key;
        let found = match self.integrations.get(account, now).filter(is_bound) {
            Some(integration) => Some(integration),
            // Also for what is remembered otherwise: it may just have been connected anew.
            None => {
                let found = self.table.integration_of(app.channel, account).await?;
                // Put when read and only then: a hit must not renew what may have changed.
                if let Some(integration) = &found {
                    self.integrations.put(account, integration.clone(), now);
                }
                found
            }
        };
        Ok(found.filter(is_bound))
    }

    /// The integration whose account was taken out after this was said, or before every run knew of it.
    /// The run that took it in may have died half way: whatever is delivered of it again finishes it.
    async fn former_integration(
        &self,
        app: &ProviderApp,
        account: &str,
        said_at: Time,
    ) -> Result<Option<Integration>, StoreError> {
        let all = self.table.tenant(app.organization_id).integrations().await?;
        Ok(all.into_iter().find(|integration| {
            let was_connected = match integration.connection {
                Connection::Disconnected { at } => said_at <= at.plus(LIFE),
                Connection::Connected | Connection::NeedsReconnect { .. } => false,
            };
            let is_its = integration.channel == app.channel && integration.account == account;
            was_connected && is_its && integration.app_key == app.key
        }))
    }
}

/// An element could not be stored now.
#[derive(Debug, thiserror::Error)]
pub enum StoreElementError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bucket or a queue failed.
    #[error(transparent)]
    Call(#[from] platform::aws::CallFailed),
    /// It took longer than [`domain::room::STORE_LIMIT`].
    #[error("not stored in time")]
    Late,
    /// The code that should have stored it panicked.
    #[error("panicked")]
    Panicked,
}
