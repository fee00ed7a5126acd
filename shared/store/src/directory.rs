//! What a request without an organization is looked up by: provider apps and accounts.
//!
//! With API keys (`api_keys`) and sign-ins (`members`, `sign_ins`), the only rows outside an
//! organization's keys. Each leads to exactly one organization, and
//! that is all a stranger's request can learn from them.

use domain::integration::ProviderApp;

use crate::{
    keys,
    table::{StoreError, Table},
};

impl Table {
    /// The provider app of a webhook address.
    pub async fn provider_app(&self, key: &str) -> Result<Option<ProviderApp>, StoreError> {
        Ok(self.get(&keys::app(key), false).await?.map(|row| row.value))
    }
}
