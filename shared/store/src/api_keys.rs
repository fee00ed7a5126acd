//! API keys: one row by which a request finds its key, one by which its organization lists it.
//!
//! The first alone opens anything. It is removed first and never written again, so a key that
//! was withdrawn stays withdrawn.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{Id, Time, api_key::ApiKey};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::{StoreError, Table, Tenant, item, number, read, string, written_update},
};

/// A key in its organization's list, and under which hash requests find it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListedKey {
    /// The key; an HMAC key's secret is in the other row only.
    #[serde(flatten)]
    pub key: ApiKey,
    /// SHA-256 of its token or its user name, in hex.
    pub lookup: String,
}

/// A minute's limit is forgotten a while after it.
const FORGOTTEN: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

impl Table {
    /// The API key under this SHA-256 (hex) of its token or user name. Read consistently: a key
    /// that was withdrawn opens nothing from that moment on.
    pub async fn api_key(&self, sha256: &str) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.get(&keys::api_key(sha256), true).await?.map(|row| row.value))
    }

    /// Stores a key that no list shows, or replaces what was stored under its hash.
    pub async fn put_api_key(&self, sha256: &str, key: &ApiKey) -> Result<(), StoreError> {
        self.overwrite(item(keys::api_key(sha256), key)?).await
    }

    /// Withdraws a key: it opens nothing from now on.
    pub async fn withdraw_api_key(&self, sha256: &str) -> Result<(), StoreError> {
        self.remove(&keys::api_key(sha256)).await
    }
}

impl Tenant<'_> {
    /// Stores a new key under the SHA-256 of its token or user name. `listed` is what the list
    /// shows of it. `false` if the key is there already.
    pub async fn create_api_key(
        &self,
        key: &ApiKey,
        listed: &ListedKey,
    ) -> Result<bool, StoreError> {
        let rows = [
            item(keys::listed_key(self.org, key.id), listed)?,
            item(keys::api_key(&listed.lookup), key)?,
        ];
        let mut writes = Vec::with_capacity(2);
        for row in rows {
            writes.push(TransactWriteItem::builder().put(self.table.creating(row)?).build());
        }
        self.table.transact(writes).await
    }

    /// A key of this organization, as its list has it.
    pub async fn listed_key(&self, id: Id<ApiKey>) -> Result<Option<ListedKey>, StoreError> {
        let key = keys::listed_key(self.org, id);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// All keys of this organization. There are at most [`domain::api_key::KEYS`]: one page.
    pub async fn listed_keys(&self) -> Result<Vec<ListedKey>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name).consistent_read(true);
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::organization(self.org)))
            .expression_attribute_values(":sk", string(keys::LISTED_KEYS))
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        answer.items.unwrap_or_default().into_iter().map(|row| Ok(read(row)?.value)).collect()
    }

    /// Takes a key off the list: the last step of withdrawing it.
    pub async fn unlist_api_key(&self, id: Id<ApiKey>) -> Result<(), StoreError> {
        self.table.remove(&keys::listed_key(self.org, id)).await
    }

    /// Remembers that a key was used: in the list first, so that what a request reads says so
    /// only once the list does.
    pub async fn used_api_key(
        &self,
        id: Id<ApiKey>,
        lookup: &str,
        at: Time,
    ) -> Result<(), StoreError> {
        self.touch(&keys::listed_key(self.org, id), at).await?;
        self.touch(&keys::api_key(lookup), at).await
    }

    /// Never brings back a row that was removed.
    async fn touch(&self, key: &Key, at: Time) -> Result<(), StoreError> {
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(&key.pk))
            .key("sk", string(&key.sk))
            .update_expression("SET last_used_at = :at")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":at", number(at.millis()))
            .send()
            .await;
        written_update(answer).map(drop)
    }

    /// Takes requests from a key's allowance of a minute (since 1970); how many were taken so far
    /// by all, or none once nothing is left.
    pub async fn take_requests(
        &self,
        id: Id<ApiKey>,
        minute: i64,
        count: u32,
        limit: u32,
    ) -> Result<Option<u32>, StoreError> {
        let key = keys::requests(self.org, id, minute);
        let ends_at = Time::from_millis(minute.saturating_mul(60_000)).plus(FORGOTTEN);
        self.table.take(&key, count, limit, ends_at).await
    }
}
