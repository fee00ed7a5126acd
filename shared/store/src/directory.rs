//! What a request without an organization is looked up by: provider apps, accounts, API keys.
//!
//! The only rows outside an organization's keys. Each leads to exactly one organization, and
//! that is all a stranger's request can learn from them.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{
    Id,
    api_key::ApiKey,
    channel::Channel,
    integration::{Integration, Organization, ProviderApp},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{Item, StoreError, Table, Tenant, Written, item, read, string},
};

/// Which integration an account belongs to. The row is the guard of its uniqueness.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    organization_id: Id<Organization>,
    integration_id: Id<Integration>,
}

/// What became of a claim.
#[derive(Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The account is this integration's now.
    Yes,
    /// Another integration has it.
    Taken,
}

impl Table {
    /// The provider app of a webhook address.
    pub async fn provider_app(&self, key: &str) -> Result<Option<ProviderApp>, StoreError> {
        Ok(self.get(&keys::app(key), false).await?.map(|row| row.value))
    }

    /// The integration that has claimed an account. Read consistently, as the integration is: the
    /// first message to a number that was connected a moment ago must find it.
    pub async fn integration_of(
        &self,
        channel: Channel,
        account: &str,
    ) -> Result<Option<Integration>, StoreError> {
        let claim = self.get::<Claim>(&keys::account(channel, account), true).await?;
        let Some(claim) = claim.map(|row| row.value) else { return Ok(None) };
        self.tenant(claim.organization_id).integration(claim.integration_id).await
    }

    /// The API key whose token has this SHA-256 (hex). Read consistently: a key that was
    /// withdrawn opens nothing from that moment on.
    pub async fn api_key(&self, sha256: &str) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.get(&keys::api_key(sha256), true).await?.map(|row| row.value))
    }

    /// Stores a provider app, or replaces what was stored under its key.
    pub async fn put_provider_app(&self, app: &ProviderApp) -> Result<(), StoreError> {
        self.overwrite(item(keys::app(&app.key), app)?).await
    }

    /// Stores an API key under the SHA-256 of its token.
    pub async fn put_api_key(&self, sha256: &str, key: &ApiKey) -> Result<(), StoreError> {
        self.overwrite(item(keys::api_key(sha256), key)?).await
    }

    async fn overwrite(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(|error| platform::aws::CallFailed::new("PutItem", &error).into())
    }
}

impl Tenant<'_> {
    /// One integration of this organization.
    pub async fn integration(
        &self,
        id: Id<Integration>,
    ) -> Result<Option<Integration>, StoreError> {
        let key = keys::integration(self.org, id);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// All integrations of this organization. A company has dozens at most: one page.
    pub async fn integrations(&self) -> Result<Vec<Integration>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::organization(self.org)))
            .expression_attribute_values(":sk", string(keys::INTEGRATIONS))
            .send()
            .await
            .map_err(|error| platform::aws::CallFailed::new("Query", &error))?;
        answer.items.unwrap_or_default().into_iter().map(|item| Ok(read(item)?.value)).collect()
    }

    /// Stores an integration together with the claim of its account. The same integration may
    /// be stored again; an account that another has claimed is refused.
    pub async fn connect(&self, integration: &Integration) -> Result<Claimed, StoreError> {
        let account = keys::account(integration.channel, &integration.account);
        let claim = Claim { organization_id: self.org, integration_id: integration.id };
        let row = item(keys::integration(self.org, integration.id), integration)?;
        let writes =
            [self.table.creating(item(account, &claim)?)?, self.table.creating(row.clone())?]
                .into_iter()
                .map(|put| TransactWriteItem::builder().put(put).build())
                .collect();
        if self.table.transact(writes).await? {
            return Ok(Claimed::Yes);
        }
        let holder = self.table.integration_of(integration.channel, &integration.account).await?;
        match holder {
            Some(holder) if holder.id == integration.id && holder.organization_id == self.org => {
                self.table.overwrite(row).await.map(|()| Claimed::Yes)
            }
            _ => Ok(Claimed::Taken),
        }
    }

    pub(crate) async fn create(&self, item: Item) -> Result<Written, StoreError> {
        self.table.create(item).await
    }
}
