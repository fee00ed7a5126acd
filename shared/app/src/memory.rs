//! What a warm function remembers of its organizations for a minute: what every message asks for and
//! hardly anybody ever changes.

use domain::{
    Id,
    integration::{Connection, Integration},
    settings::Retention,
};
use jiff::{SignedDuration, Timestamp};
use platform::cache::Cache;
use store::{StoreError, Tenant};

/// How long, so that a change is noticed without anybody telling the function: of all that inbound
/// remembers, too.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_secs(60);

/// Of how many organizations and accounts.
pub(crate) const CAPACITY: usize = 1000;

/// The memory.
#[derive(Debug)]
pub struct Memory {
    retentions: Cache<Retention>,
    connected: Cache<()>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { retentions: Cache::new(LIFE, CAPACITY), connected: Cache::new(LIFE, CAPACITY) }
    }
}

impl Memory {
    /// How long an organization keeps what is said.
    pub async fn retention(
        &self,
        tenant: Tenant<'_>,
        now: Timestamp,
    ) -> Result<Retention, StoreError> {
        let key = tenant.organization().to_string();
        if let Some(known) = self.retentions.get(&key, now) {
            return Ok(known);
        }
        let read = tenant.retention().await?;
        self.retentions.put(&key, read.clone(), now);
        Ok(read)
    }

    /// Whether anything can go through an account. Only that it can is remembered: an account that is
    /// connected again works at once.
    pub async fn is_connected(
        &self,
        tenant: Tenant<'_>,
        id: Id<Integration>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = format!("{}/{id}", tenant.organization());
        if self.connected.get(&key, now).is_some() {
            return Ok(true);
        }
        let found = tenant.integration(id).await?;
        let is_open = |row: &Integration| match row.connection {
            // A token that was refused once may be fine: whoever writes finds out.
            Connection::Connected | Connection::NeedsReconnect { .. } => true,
            Connection::Disconnected { .. } => false,
        };
        let is_connected = found.is_some_and(|row| is_open(&row.value));
        if is_connected {
            self.connected.put(&key, (), now);
        }
        Ok(is_connected)
    }
}
