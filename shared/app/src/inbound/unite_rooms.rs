//! One person has one room with an integration: the others are merged into it.
//!
//! Mostly that is done when two contacts turn out to be one. But a room begins with a customer's first
//! words, and an identity may be known before: by what the phone's app wrote to it. So the room that
//! is to stay may come after the merging, or be made beside it by a run that knows nothing of it.
//! Whoever merges has written the contact first, and the first of the two identities, and then looks for
//! rooms; whoever makes a room looks for contact and identities afterwards. One of them finds the other.
//! Both repeat it when their message or notice comes again, and all of it may be done at any time.

use domain::{
    Id, Time,
    contact::Identity,
    room::{self, Room},
};
use store::{Saved, StoreError, Tenant};

use crate::{
    ATTEMPTS,
    contacts::{align::align, survivor},
};

/// Sees to a room that was just made: it, or what it takes the place of, is merged if its customer has
/// another one, and it says what has been decided of its contact meanwhile.
pub(super) async fn unite_new_room(
    tenant: Tenant<'_>,
    room: &Room,
    now: Time,
) -> Result<(), StoreError> {
    let Some(known) = survivor(tenant, room.contact_id).await? else { return Ok(()) };
    let contact = known.value;
    if contact.erased.is_some() {
        return Ok(());
    }
    if contact.rooms == [room.id] && room::aligned(room, &contact).is_none() {
        return Ok(());
    }
    for known_as in contact.known_as.iter().filter(|at| at.integration_id == room.integration_id) {
        let leads = tenant.identity(known_as.integration_id, &known_as.who).await?;
        if let Some(leads) = leads {
            unite(tenant, &leads.value, now).await?;
        }
    }
    align(tenant, contact.id).await.map(drop)
}

/// Merges the former rooms of an identity into the one that it leads to.
pub(super) async fn unite(
    tenant: Tenant<'_>,
    identity: &Identity,
    now: Time,
) -> Result<(), StoreError> {
    for former in &identity.former {
        merge_room(tenant, former.room_id, identity, now).await?;
    }
    Ok(())
}

/// Merges a room into the one that stays, if both are there.
pub(super) async fn merge_room(
    tenant: Tenant<'_>,
    gone: Id<Room>,
    stays: &Identity,
    now: Time,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(gone).await? else { return Ok(()) };
        // While there is no room to answer in, this one stays the one.
        if !take_over(tenant, &old.value, stays.room_id, now).await? {
            return Ok(());
        }
        let Some(new) = room::merged(&old.value, stays.contact_id, stays.room_id) else {
            return Ok(());
        };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

/// Lets a room take over the reply window and the session of one that is merged into it. `false`
/// if there is no such room.
pub(super) async fn take_over(
    tenant: Tenant<'_>,
    gone: &Room,
    into: Id<Room>,
    now: Time,
) -> Result<bool, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(stays) = tenant.room(into).await? else { return Ok(false) };
        let done = match room::merged_into(&stays.value, gone, now) {
            None => true,
            Some(new) => matches!(tenant.save_room(&stays, &new).await?, Saved::Done),
        };
        if done && tenant.carry_session(gone.id, into).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Contended)
}
