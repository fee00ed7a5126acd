//! Who is who: from a channel's identity to a contact and a room.

use domain::{Id, contact::Identity, integration::Integration};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item},
};

impl Tenant<'_> {
    /// Where an identity leads. Read consistently: a contact that was merged a moment ago must
    /// not get a message in its old room.
    pub async fn identity(
        &self,
        integration: Id<Integration>,
        who: &str,
    ) -> Result<Option<Versioned<Identity>>, StoreError> {
        self.table.get(&keys::identity(self.org, integration, who), true).await
    }

    /// Lets an identity lead there, if its row is still the one that was read, or still none.
    /// `false` if somebody was faster.
    pub async fn save_identity(
        &self,
        integration: Id<Integration>,
        who: &str,
        known: Option<&Versioned<Identity>>,
        new: &Identity,
    ) -> Result<bool, StoreError> {
        let row = item(keys::identity(self.org, integration, who), new)?;
        let written = match known {
            None => self.create(row).await?,
            Some(known) => self.table.replace(row, known.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }
}
