//! Who is who: from a channel's identity to a contact and a room.

use domain::{
    Id,
    contact::{Contact, Identity},
    integration::Integration,
};

use crate::{
    keys,
    table::{StoreError, Tenant, Written, item, read},
};

impl Tenant<'_> {
    /// Where an identity leads. Read consistently: a contact that was merged a moment ago must
    /// not get a message in its old room.
    pub async fn identity(
        &self,
        integration: Id<Integration>,
        who: &str,
    ) -> Result<Option<Identity>, StoreError> {
        let key = keys::identity(self.org, integration, who);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// Makes an identity known, contact first, so that an identity never leads nowhere. Whoever
    /// writes the identity first decides where it leads: that is what comes back.
    pub async fn introduce(
        &self,
        integration: Id<Integration>,
        contact: &Contact,
        identity: Identity,
    ) -> Result<Identity, StoreError> {
        self.create(item(keys::contact(self.org, contact.id), contact)?).await?;
        let key = keys::identity(self.org, integration, &contact.identity);
        match self.create(item(key, &identity)?).await? {
            Written::Yes | Written::No(None) => Ok(identity),
            Written::No(Some(known)) => Ok(read(known)?.value),
        }
    }
}
