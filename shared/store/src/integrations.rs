//! Channel accounts: the integrations of an organization, and the claim that makes an account
//! one integration's only.
//!
//! The claim's row is outside the organization's keys, because a delivery finds its organization
//! by it. Claim, integration and provider app are written together or not at all: an account that
//! is claimed always leads to an integration, and an integration's deliveries can be verified.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{
    Id, Time,
    channel::Channel,
    integration::{Integration, Organization, ProviderApp},
};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{
        StoreError, Table, Tenant, VERSION, Versioned, Written, item, number, read, string,
        written_update,
    },
};

/// Which integration an account belongs to.
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
    /// The integration has changed since it was read.
    Changed,
}

impl Table {
    /// The integration that has claimed an account. Read consistently, as the integration is: the
    /// first message to a number that was connected a moment ago must find it.
    pub async fn integration_of(
        &self,
        channel: Channel,
        account: &str,
    ) -> Result<Option<Integration>, StoreError> {
        let claim = self.get::<Claim>(&keys::account(channel, account), true).await?;
        let Some(claim) = claim.map(|row| row.value) else { return Ok(None) };
        let found = self.tenant(claim.organization_id).integration(claim.integration_id).await?;
        Ok(found.map(|row| row.value))
    }
}

impl Tenant<'_> {
    /// One integration of this organization.
    pub async fn integration(
        &self,
        id: Id<Integration>,
    ) -> Result<Option<Versioned<Integration>>, StoreError> {
        self.table.get(&keys::integration(self.org, id), true).await
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
            .map_err(|error| CallFailed::new("Query", &error))?;
        answer.items.unwrap_or_default().into_iter().map(|item| Ok(read(item)?.value)).collect()
    }

    /// Stores an integration that is new (`old` is nothing) or replaces it, together with the
    /// claim of its account and its provider app.
    pub async fn connect(
        &self,
        old: Option<&Versioned<Integration>>,
        new: &Integration,
        app: &ProviderApp,
    ) -> Result<Claimed, StoreError> {
        let row = item(keys::integration(self.org, new.id), new)?;
        let integration = match old {
            None => self.table.creating(row)?,
            Some(old) => self.table.replacing(row, old.version)?,
        };
        let app = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(item(keys::app(&app.key), app)?))
            .condition_expression("attribute_not_exists(pk) OR organization_id = :org")
            .expression_attribute_values(":org", string(self.org))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let writes = [self.claiming(new)?, integration, app]
            .map(|put| TransactWriteItem::builder().put(put).build());
        if self.table.transact(writes.into()).await? {
            return Ok(Claimed::Yes);
        }
        let claim =
            self.table.get::<Claim>(&keys::account(new.channel, &new.account), true).await?;
        let is_free = claim.is_none_or(|claim| {
            claim.value.integration_id == new.id && claim.value.organization_id == self.org
        });
        Ok(if is_free { Claimed::Changed } else { Claimed::Taken })
    }

    /// Replaces an integration of this version. `false` if it has changed since.
    pub async fn save_integration(
        &self,
        old: &Versioned<Integration>,
        new: &Integration,
    ) -> Result<bool, StoreError> {
        let row = item(keys::integration(self.org, new.id), new)?;
        Ok(matches!(self.table.replace(row, old.version).await?, Written::Yes))
    }

    /// Records that the templates of an integration were asked for. `false` if they were asked for
    /// later as well, or if it is gone.
    pub async fn templates_asked(&self, of: Id<Integration>, at: Time) -> Result<bool, StoreError> {
        let key = keys::integration(self.org, of);
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression("SET templates_asked_at = :at, #v = #v + :one")
            .condition_expression(
                "attribute_exists(pk) \
                 AND (attribute_not_exists(templates_asked_at) OR templates_asked_at <= :at)",
            )
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":at", number(at.millis()))
            .expression_attribute_values(":one", number(1))
            .send()
            .await;
        Ok(written_update(answer)?.is_ok())
    }

    /// Replaces an integration by one without its account, which is free from then on. `false` if
    /// it has changed since it was read.
    pub async fn disconnect(
        &self,
        old: &Versioned<Integration>,
        new: &Integration,
    ) -> Result<bool, StoreError> {
        let key = keys::account(new.channel, &new.account);
        let release = Delete::builder()
            .table_name(&self.table.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .condition_expression("attribute_not_exists(pk) OR integration_id = :integration")
            .expression_attribute_values(":integration", string(new.id))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let row = item(keys::integration(self.org, new.id), new)?;
        let writes = vec![
            TransactWriteItem::builder().delete(release).build(),
            TransactWriteItem::builder().put(self.table.replacing(row, old.version)?).build(),
        ];
        self.table.transact(writes).await
    }

    /// The claim of an account that is free, or this integration's already.
    fn claiming(&self, integration: &Integration) -> Result<Put, StoreError> {
        let key = keys::account(integration.channel, &integration.account);
        let claim = Claim { organization_id: self.org, integration_id: integration.id };
        Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(item(key, &claim)?))
            .condition_expression(
                "attribute_not_exists(pk) \
                 OR (organization_id = :org AND integration_id = :integration)",
            )
            .expression_attribute_values(":org", string(self.org))
            .expression_attribute_values(":integration", string(integration.id))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error).into())
    }
}
