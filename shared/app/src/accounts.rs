//! The accounts that messages and files go through, with their tokens: remembered for a minute in
//! a warm function, since every message asks for one and hardly any changes.

use domain::{
    Id,
    integration::{Connection, Integration, Organization},
    message::Failure,
};
use jiff::{SignedDuration, Timestamp};
use platform::{
    Ctx,
    cache::Cache,
    secrets::{SecretError, Secrets},
};
use secrecy::SecretString;
use store::{StoreError, Table};

use crate::{refused_token::note_refused_token, secret_owners};

/// The accounts of a table.
#[derive(Debug)]
pub(crate) struct Accounts {
    table: Table,
    secrets: Secrets,
    known: Cache<Integration>,
}

/// An account, as far as anything can go through it.
pub(crate) enum Account {
    /// With its token.
    Open(Box<Integration>, SecretString),
    /// Nothing can go through it, for this reason.
    Gone(&'static str),
}

/// An account can't be had now.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The channel token can't be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl Accounts {
    /// The accounts of this table, whose tokens this key opens.
    pub(crate) fn new(table: Table, secrets: Secrets) -> Self {
        Self { table, secrets, known: Cache::new(SignedDuration::from_secs(60), 1000) }
    }

    /// An account and its token.
    pub(crate) async fn open(
        &self,
        organization: Id<Organization>,
        id: Id<Integration>,
        ctx: &Ctx,
    ) -> Result<Account, AccountError> {
        let integration = match self.known.get(&remembered_as(organization, id), ctx.now) {
            Some(integration) => integration,
            None => match self.table.tenant(organization).integration(id).await? {
                Some(row) => {
                    self.remember(row.value.clone(), ctx.now);
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

    /// Notes that the provider refused the token of an account as it was remembered, if that is what it
    /// refused. Whether there is another token to try.
    pub(crate) async fn refuse_token(
        &self,
        remembered: &Integration,
        failure: &Failure,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = self.table.tenant(remembered.organization_id);
        let replaced = note_refused_token(tenant, remembered, failure, now.into()).await?;
        let is_replaced = replaced.is_some();
        if let Some(integration) = replaced {
            self.remember(integration, now);
        }
        Ok(is_replaced)
    }

    /// Remembers an account as it is now.
    fn remember(&self, integration: Integration, now: Timestamp) {
        let key = remembered_as(integration.organization_id, integration.id);
        self.known.put(&key, integration, now);
    }
}

/// The name under which an integration is remembered.
fn remembered_as(organization: Id<Organization>, id: Id<Integration>) -> String {
    format!("{organization}/{id}")
}
