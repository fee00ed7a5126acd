//! What a request without an organization is looked up by: provider apps, accounts, API keys.
//!
//! The only rows outside an organization's keys. Each leads to exactly one organization, and
//! that is all a stranger's request can learn from them.

use domain::{api_key::ApiKey, integration::ProviderApp};

use crate::{
    keys,
    table::{Item, StoreError, Table, item},
};

impl Table {
    /// The provider app of a webhook address.
    pub async fn provider_app(&self, key: &str) -> Result<Option<ProviderApp>, StoreError> {
        Ok(self.get(&keys::app(key), false).await?.map(|row| row.value))
    }

    /// The API key whose token has this SHA-256 (hex). Read consistently: a key that was
    /// withdrawn opens nothing from that moment on.
    pub async fn api_key(&self, sha256: &str) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.get(&keys::api_key(sha256), true).await?.map(|row| row.value))
    }

    /// Stores an API key under the SHA-256 of its token.
    pub async fn put_api_key(&self, sha256: &str, key: &ApiKey) -> Result<(), StoreError> {
        self.overwrite(item(keys::api_key(sha256), key)?).await
    }

    pub(crate) async fn overwrite(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(|error| platform::aws::CallFailed::new("PutItem", &error).into())
    }
}
