//! Lets what follows a contact say what the contact says: its rooms whose they are, their name
//! and whether they are blocked, its identities where they lead and whether they are heard.
//!
//! Each row is written on the condition that it is still the one that was read. When all are
//! written, the contact is read again: if it has changed meanwhile, all is done anew, so that of
//! two changes that run beside each other the later one holds everywhere.

use domain::{
    Id,
    contact::{self, Contact, KnownAs},
    room::{self, Room},
};
use futures_util::future::try_join_all;
use store::{Saved, StoreError, Tenant};

use super::survivor;
use crate::ATTEMPTS;

/// Aligns all rooms and identities of a contact, or of the one into which it was merged; the contact
/// as it was when they were. One that was erased has none.
pub(crate) async fn align(
    tenant: Tenant<'_>,
    id: Id<Contact>,
) -> Result<Option<Contact>, StoreError> {
    for _ in 0..ATTEMPTS {
        // Who was merged meanwhile is followed: a block must hold wherever its contact went.
        let Some(known) = survivor(tenant, id).await? else { return Ok(None) };
        if known.value.erased.is_some() {
            return Ok(Some(known.value));
        }
        // Who is heard is what counts most, so the identities come first.
        align_identities(tenant, &known.value, |_| true).await?;
        align_rooms(tenant, &known.value).await?;
        if survivor(tenant, id).await?.as_ref() == Some(&known) {
            return Ok(Some(known.value));
        }
    }
    Err(StoreError::Contended)
}

/// Aligns the identities of a contact that are wanted.
pub(crate) async fn align_identities(
    tenant: Tenant<'_>,
    contact: &Contact,
    is_wanted: impl Fn(&KnownAs) -> bool,
) -> Result<(), StoreError> {
    let wanted = contact.known_as.iter().filter(|known_as| is_wanted(known_as));
    try_join_all(wanted.map(|known_as| identity(tenant, known_as, contact))).await.map(drop)
}

/// Aligns the rooms of a contact.
pub(crate) async fn align_rooms(tenant: Tenant<'_>, contact: &Contact) -> Result<(), StoreError> {
    let rooms = contact.rooms.iter().map(|id| one_room(tenant, *id, contact));
    try_join_all(rooms).await.map(drop)
}

async fn one_room(tenant: Tenant<'_>, id: Id<Room>, contact: &Contact) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(id).await? else { return Ok(()) };
        let Some(new) = room::aligned(&old.value, contact) else { return Ok(()) };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

async fn identity(tenant: Tenant<'_>, at: &KnownAs, contact: &Contact) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.identity(at.integration_id, &at.who).await? else { return Ok(()) };
        let Some(new) = contact::aligned(&old.value, at, contact) else { return Ok(()) };
        if tenant.save_identity(at.integration_id, &at.who, Some(&old), &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
