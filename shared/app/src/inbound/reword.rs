//! The words by which the inbox shows a message that its author edited or deleted.

use domain::{
    Id, Time,
    integration::Integration,
    message::{Message, annotated_id, message_id},
    room::{self, Room},
};
use store::{Saved, StoreError, Tenant};

use crate::ATTEMPTS;

/// A message by what the provider calls it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) integration: Id<Integration>,
    pub(super) provider_id: &'a str,
}

impl<'a> Named<'a> {
    /// What the provider calls this message, once it has named it.
    pub(super) fn of(message: &'a Message) -> Option<Self> {
        let provider_id = message.provider_id.as_deref()?;
        Some(Self { integration: message.integration_id, provider_id })
    }
}

/// Has a room show what its authors made of a message, or remember it for when the message comes.
/// What was said is read after the room, so that of two changes at the same time the last to be
/// saved knows both. Returns the room as it was, if there is one.
pub(super) async fn reword(
    tenant: Tenant<'_>,
    room: Id<Room>,
    named: Named<'_>,
    now: Time,
) -> Result<Option<Room>, StoreError> {
    let target = annotated_id(named.integration, named.provider_id);
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(room).await? else { return Ok(None) };
        let Some(said) = tenant.annotated(room, target).await? else { return Ok(Some(old.value)) };
        let message = message_id(named.integration, named.provider_id);
        let Some(new) = room::reworded(&old.value, message, &said, now) else {
            return Ok(Some(old.value));
        };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(Some(old.value));
        }
    }
    Err(StoreError::Contended)
}

/// The same for all that was said about messages before there was a room that could remember it.
pub(super) async fn reword_all(
    tenant: Tenant<'_>,
    room: &Room,
    now: Time,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = tenant.annotations(room.id, after, 100).await?;
        for said in &page.annotations {
            let named = Named { integration: room.integration_id, provider_id: &said.target };
            reword(tenant, room.id, named, now).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Takes what was said about a message from one room to the one where the message lies. What it is
/// taken from goes last, so that it is found again by whoever repeats this.
pub(super) async fn carry(
    tenant: Tenant<'_>,
    from: Id<Room>,
    to: Id<Room>,
    named: Named<'_>,
    now: Time,
) -> Result<(), StoreError> {
    let target = annotated_id(named.integration, named.provider_id);
    for _ in 0..ATTEMPTS {
        let Some(said) = tenant.annotated(from, target).await? else { return Ok(()) };
        tenant.annotate_all(to, target, &said).await?;
        reword(tenant, to, named, now).await?;
        if tenant.erase_annotations(from, target, &said).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
