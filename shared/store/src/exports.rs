//! How far the export of a contact got: one row beside the contact, which goes after a day.

use domain::{
    Id,
    contact::{Contact, EXPORT_LIFE, Export},
};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item, number},
};

impl Tenant<'_> {
    /// The latest export of a contact.
    pub async fn export(&self, of: Id<Contact>) -> Result<Option<Versioned<Export>>, StoreError> {
        self.table.get(&keys::export(self.org, of), true).await
    }

    /// Replaces the export that was read. `false` if it has changed since.
    pub async fn save_export(
        &self,
        of: Id<Contact>,
        old: Option<&Versioned<Export>>,
        new: &Export,
    ) -> Result<bool, StoreError> {
        let mut row = item(keys::export(self.org, of), new)?;
        let ends = new.created_at.plus(EXPORT_LIFE);
        row.insert("ttl".into(), number(ends.millis() / 1000));
        let written = match old {
            None => self.table.create(row).await?,
            Some(old) => self.table.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }

    /// Forgets the export of a contact.
    pub async fn forget_export(&self, of: Id<Contact>) -> Result<(), StoreError> {
        self.table.delete(keys::export(self.org, of)).await
    }
}
