//! The fields that an organization has made for its contacts: one row with all of them, which is
//! not there until the first is made.

use domain::contact::Field;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item},
};

/// What the row says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFields {
    /// In the order in which they were made.
    pub fields: Vec<Field>,
}

impl Tenant<'_> {
    /// The fields, with what proves that they are still these.
    pub async fn contact_fields(&self) -> Result<Option<Versioned<ContactFields>>, StoreError> {
        self.table.get(&keys::contact_fields(self.org), true).await
    }

    /// Replaces the fields that were read. `false` if they have changed since.
    pub async fn save_contact_fields(
        &self,
        old: Option<&Versioned<ContactFields>>,
        fields: Vec<Field>,
    ) -> Result<bool, StoreError> {
        let row = item(keys::contact_fields(self.org), &ContactFields { fields })?;
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.table.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }
}
