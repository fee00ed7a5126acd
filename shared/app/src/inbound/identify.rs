//! Who it is: from what a message says of its author to a contact and a room.
//!
//! Mostly one read: the row of the number, or of the user id of one who hides it, says all that
//! the message says. When it does not, the rows of both identities are read, `domain` decides
//! whose they are, and what follows is written: what is known of the contact, the rooms, and last the
//! identities, of which the one that the next message is looked up by comes very last. So a run that
//! dies on the way leaves something that the next message still finds amiss. A contact who was not known
//! before is made known after that ([`super::introduce`]).
//!
//! Of one who is blocked no more is kept than which identities are theirs: else they would be
//! heard again under another one.

use domain::{
    Id, Time,
    contact::{self, Contact, Identity, KnownAs, Linking, Person, link},
    integration::Integration,
    room,
};
use store::{Saved, StoreError, Tenant};

use super::{
    identity_rows::{Rows, known},
    unite_rooms::merge_room,
};
use crate::{
    ATTEMPTS,
    contacts::{
        align::{align, align_identities, align_rooms},
        survivor,
    },
};

/// Where a person's identities lead. `None` if nothing says who they are, or they were erased since
/// they said it.
pub(super) async fn identify(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    person: &Person,
    at: Time,
    now: Time,
) -> Result<Option<Identity>, StoreError> {
    let Some(primary) = person.primary() else { return Ok(None) };
    if let Some(known) = tenant.identity(integration, primary).await?
        && known.value.knows(person, at)
    {
        return Ok(Some(known.value));
    }
    // Apart and boxed: what happens once in a while must not make every message's future larger.
    Box::pin(link_identities(tenant, integration, person, at, now)).await
}

async fn link_identities(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    person: &Person,
    at: Time,
    now: Time,
) -> Result<Option<Identity>, StoreError> {
    for _ in 0..ATTEMPTS {
        let rows = Rows::read(tenant, integration, person).await?;
        let (number, user_id) = (known(&rows.number), known(&rows.user_id));
        let is_refused = [number, user_id]
            .into_iter()
            .flatten()
            .any(|known| !known.is_left(at) && known.is_blocked(at));
        let person = &if is_refused { person.unheard() } else { person.clone() };
        let Some(linking) = link(integration, person, number, user_id, at, now) else {
            return Ok(None);
        };
        let mut result = linking.result().clone();
        let mut merged = None;
        match &linking {
            Linking::New(from) => {
                let found = rows.holders(tenant, person, from).await?;
                if rows.is_of_erased(at) || found.is_of_erased(at) {
                    return Ok(None);
                }
                // Whoever is next in the chain: not who was erased, nor who goes by another number now.
                result = Identity { since: Some(at.min(now)), ..found.next }.told(person);
            }
            Linking::Same(_) => {}
            Linking::Merge { stays, goes } => {
                merged = merge(tenant, integration, stays, goes, now).await?;
                if merged.is_none() {
                    continue;
                }
            }
        }
        let is_known = !matches!(linking, Linking::New(_));
        // Who was erased meanwhile is told nothing any more, and their rows lead elsewhere.
        if is_known && !tell(tenant, integration, &result, person).await? {
            continue;
        }
        if rows.save(tenant, &result, merged.as_ref(), now).await? {
            if is_known {
                // A member may have blocked them since the rows were read.
                align(tenant, result.contact_id).await?;
            }
            let primary = person.primary().unwrap_or_default();
            return Ok(Some(rows.saying(primary, &result, merged.as_ref())));
        }
    }
    Err(StoreError::Contended)
}

/// Notes on the contact, and on their room, what is told of them. `false` if they were erased.
pub(super) async fn tell(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    identity: &Identity,
    person: &Person,
) -> Result<bool, StoreError> {
    let told = |contact: &Contact| contact.told(person, integration);
    if !tell_contact(tenant, identity.contact_id, told).await? {
        return Ok(false);
    }
    let Some(number) = &person.number else { return Ok(true) };
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(identity.room_id).await? else { return Ok(true) };
        let Some(new) = room::renamed(&old.value, number) else { return Ok(true) };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Contended)
}

/// Changes a contact, or the one that it was merged into. `false` if they were erased: of them nothing
/// is to be known again.
pub(super) async fn tell_contact(
    tenant: Tenant<'_>,
    id: Id<Contact>,
    change: impl Fn(&Contact) -> Contact,
) -> Result<bool, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = survivor(tenant, id).await? else { return Ok(false) };
        if old.value.erased.is_some() {
            return Ok(false);
        }
        let new = change(&old.value);
        if new == old.value || tenant.save_contact(&old, &new).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Contended)
}

/// Makes two contacts one: the younger contact and its room say so, and so do the identities that
/// its row names. Those that the caller knows of are the caller's to write. The contact that both
/// are then; nothing if one was erased meanwhile: then their rows lead elsewhere.
pub(super) async fn merge(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    stays: &Identity,
    goes: &Identity,
    now: Time,
) -> Result<Option<Contact>, StoreError> {
    let contact = merge_contacts(tenant, goes.contact_id, stays.contact_id, now).await?;
    let Some(contact) = contact else { return Ok(None) };
    for gone in goes.former.iter().map(|room| room.room_id).chain([goes.room_id]) {
        merge_room(tenant, gone, stays, now).await?;
    }
    // Members may have known more of either: other rooms, another name, that they are blocked.
    align_rooms(tenant, &contact).await?;
    // With this integration they are written below, and by the caller.
    align_identities(tenant, &contact, |known| known.integration_id != integration).await?;
    for who in [&goes.number, &goes.user_id].into_iter().flatten() {
        let known = tenant.identity(integration, who).await?;
        if let Some(known) = known.filter(|known| known.value.room_id == goes.room_id) {
            let at = KnownAs { integration_id: integration, who: who.clone() };
            let Identity { left_at, erased_before, .. } = known.value;
            let blocked = contact.blocked(&at);
            let new = Identity { left_at, erased_before, blocked, ..stays.clone() };
            // Whoever was faster decided the same, or knows more.
            tenant.save_identity(integration, who, Some(&known), &new).await?;
        }
    }
    Ok(Some(contact))
}

/// Merges a contact into another, or those that they were merged into before; the one that stays.
async fn merge_contacts(
    tenant: Tenant<'_>,
    goes: Id<Contact>,
    stays: Id<Contact>,
    now: Time,
) -> Result<Option<Contact>, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(stays) = survivor(tenant, stays).await? else { return Ok(None) };
        let Some(goes) = survivor(tenant, goes).await? else { return Ok(Some(stays.value)) };
        if stays.value.erased.is_some() || goes.value.erased.is_some() {
            return Ok(None);
        }
        // Once they are one contact, there is nothing to merge.
        let Ok(Some(merged)) = contact::merge(&goes.value, &stays.value, now) else {
            return Ok(Some(stays.value));
        };
        if tenant.merge_contacts(&goes, &stays, &merged).await? {
            return Ok(Some(merged.stays));
        }
    }
    Err(StoreError::Contended)
}
