//! What a request without an organization is looked up by: provider apps and accounts.
//!
//! With API keys (`api_keys`) and sign-ins (`members`, `sign_ins`), the only rows outside an
//! organization's keys. Each leads to exactly one organization, and
//! that is all a stranger's request can learn from them.

use domain::integration::ProviderApp;

use crate::{
    keys,
    table::{Item, StoreError, Table},
};

impl Table {
    /// The provider app of a webhook address.
    pub async fn provider_app(&self, key: &str) -> Result<Option<ProviderApp>, StoreError> {
        Ok(self.get(&keys::app(key), false).await?.map(|row| row.value))
    }

    pub(crate) async fn overwrite(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(|error| platform::aws::CallFailed::new("PutItem", &error).into())
    }
}
