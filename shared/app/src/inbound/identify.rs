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
    contact::{self, Contact, Identity, Known, KnownAs, Linking, Period, Person, link},
    integration::Integration,
    room,
};
use store::{Saved, StoreError, Tenant, Versioned};

use super::{
    introduce::introduce,
    unite_rooms::{merge_room, unite},
};
use crate::{
    ATTEMPTS,
    contacts::{
        align::{align, align_identities, align_rooms},
        holders::{holders, let_go},
        survivor,
    },
};

/// The identities of one person with one integration, and what their rows say.
pub(super) struct Rows {
    pub(super) integration: Id<Integration>,
    pub(super) number: Row,
    pub(super) user_id: Row,
}

/// An identity, if it was told, and its row, if there is one.
type Row = Option<(String, Option<Versioned<Identity>>)>;

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
        let mut rows = Rows::read(tenant, integration, person).await?;
        let since = Since::read(tenant, &mut rows).await?;
        let (number, user_id) = (rows.known_number(&since), rows.known_user_id(&since));
        let is_refused = [number, user_id]
            .into_iter()
            .flatten()
            .any(|known| !known.identity.is_left(at) && known.identity.is_blocked(at));
        let person = &if is_refused { person.unheard() } else { person.clone() };
        let Some(linking) = link(integration, person, number, user_id, at, now) else {
            return Ok(None);
        };
        let mut result = linking.result().clone();
        let (mut merged, mut is_known) = (None, true);
        match &linking {
            Linking::New(from) => {
                let newcomer = newcomer(tenant, integration, person, from.clone(), at.min(now));
                match newcomer.await? {
                    Some(found) => (result, is_known) = found,
                    None => return Ok(None),
                }
            }
            Linking::Same(identity) => tell(tenant, integration, identity, person).await?,
            Linking::Merge { stays, goes } => {
                merged = merge(tenant, integration, stays, goes, now).await?;
                if merged.is_none() {
                    continue;
                }
                tell(tenant, integration, stays, person).await?;
            }
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

/// Where an identity leads that leads nowhere yet. Who was erased is not known again: whoever has
/// their number now is the next one, and what the erased one said comes from nobody, however late it is
/// delivered again. Nor is somebody who goes by another number now. Nothing, if it was said by somebody
/// who was erased since.
async fn newcomer(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    person: &Person,
    from: Identity,
    at: Time,
) -> Result<Option<(Identity, bool)>, StoreError> {
    let Some(primary) = person.primary() else { return Ok(None) };
    let found = holders(tenant, integration, primary, from).await?;
    if found.is_of_erased(at) {
        return Ok(None);
    }
    let blocked = match &found.holder {
        Some(holder) => {
            holder.blocked(&KnownAs { integration_id: integration, who: primary.to_owned() })
        }
        None => found.erasures.last().map(Period::before),
    };
    let identity = Identity { blocked, since: Some(at), ..found.last }.told(person);
    let is_known = found.holder.is_some();
    if is_known {
        tell(tenant, integration, &identity, person).await?;
    }
    Ok(Some((identity, is_known)))
}

impl Rows {
    pub(super) async fn read(
        tenant: Tenant<'_>,
        integration: Id<Integration>,
        person: &Person,
    ) -> Result<Self, StoreError> {
        let read = async |who: &Option<String>| match who {
            None => Ok::<_, StoreError>(None),
            Some(who) => Ok(Some((who.clone(), tenant.identity(integration, who).await?))),
        };
        let (number, user_id) =
            futures_util::try_join!(read(&person.number), read(&person.user_id))?;
        Ok(Self { integration, number, user_id })
    }

    fn known_number<'a>(&'a self, since: &Since) -> Option<Known<'a>> {
        known(&self.number, since.number)
    }

    fn known_user_id<'a>(&'a self, since: &Since) -> Option<Known<'a>> {
        known(&self.user_id, since.user_id)
    }

    /// Whether each of them leads where it led before, or where it is to lead.
    pub(super) fn lead_as(&self, before: &Self, to: &Identity) -> bool {
        let room = |row: &Row| Some(row.as_ref()?.1.as_ref()?.value.room_id);
        [(&self.number, &before.number), (&self.user_id, &before.user_id)]
            .into_iter()
            .all(|(now, then)| room(now) == room(then) || room(now) == Some(to.room_id))
    }

    /// The one that is known, the number before the user id.
    pub(super) fn any<'a>(&'a self, since: &Since) -> Option<Known<'a>> {
        self.known_number(since).or(self.known_user_id(since))
    }

    /// Lets all of them say this. `false` if a row has changed since it was read. Of a contact who
    /// was another one, too, until now, `merged` says when each of them was blocked.
    ///
    /// Between the two the rooms are looked at once more: one may have been made since they were
    /// merged, by a run that has read neither row yet ([`super::unite_rooms`]).
    pub(super) async fn save(
        &self,
        tenant: Tenant<'_>,
        identity: &Identity,
        merged: Option<&Contact>,
        now: Time,
    ) -> Result<bool, StoreError> {
        for (row, is_last) in [(&self.user_id, false), (&self.number, true)] {
            if is_last {
                unite(tenant, identity, now).await?;
            }
            let Some((who, known)) = row else { continue };
            let new = self.saying(who, identity, merged);
            if known.as_ref().is_some_and(|known| known.value == new) {
                continue;
            }
            let saved = tenant.save_identity(self.integration, who, known.as_ref(), &new);
            if !saved.await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Rows {
    /// What the row of one of them says then: where all of them lead, and when it was blocked itself.
    pub(super) fn saying(
        &self,
        who: &str,
        identity: &Identity,
        merged: Option<&Contact>,
    ) -> Identity {
        let rows = [&self.number, &self.user_id].into_iter().flatten();
        let known = rows.filter(|row| row.0 == who).find_map(|row| row.1.as_ref());
        // It may have been somebody else's.
        let own = known.filter(|known| known.value.contact_id == identity.contact_id);
        let at = KnownAs { integration_id: self.integration, who: who.to_owned() };
        let blocked = match (merged, own) {
            (Some(contact), _) => contact.blocked(&at),
            (None, Some(own)) => own.value.blocked,
            (None, None) => identity.blocked,
        };
        Identity { blocked, ..identity.clone() }
    }
}

fn known(row: &Row, since: Option<Time>) -> Option<Known<'_>> {
    let identity = &row.as_ref()?.1.as_ref()?.value;
    Some(Known { identity, since: since? })
}

/// Since when the contacts of identities are known, by the provider's clock, as notices are, that come
/// to be compared with it.
pub(super) struct Since {
    number: Option<Time>,
    user_id: Option<Time>,
}

impl Since {
    /// A contact that is not there yet is made known, so that all decide alike. What leads to one who
    /// was erased leads nowhere.
    pub(super) async fn read(tenant: Tenant<'_>, rows: &mut Rows) -> Result<Self, StoreError> {
        let integration = rows.integration;
        // One after the other: both may lead to the same one.
        let number = since(tenant, integration, &mut rows.number).await?;
        let user_id = since(tenant, integration, &mut rows.user_id).await?;
        Ok(Self { number, user_id })
    }
}

async fn since(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    row: &mut Row,
) -> Result<Option<Time>, StoreError> {
    let Some((who, Some(known))) = row else { return Ok(None) };
    let mut contact = tenant.contact(known.value.contact_id).await?;
    if contact.is_none() {
        introduce(tenant, integration, &known.value, &Person::default()).await?;
        contact = tenant.contact(known.value.contact_id).await?;
    }
    let Some(contact) = contact else { return Err(StoreError::Contended) };
    if contact.value.erased.is_some() {
        let at = KnownAs { integration_id: integration, who: who.clone() };
        let_go(tenant, &contact.value, &at).await?;
        *row = Some((at.who, None));
        return Ok(None);
    }
    Ok(Some(contact.value.created_at))
}

/// Notes on the contact, and on their room, what is told of them.
pub(super) async fn tell(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    identity: &Identity,
    person: &Person,
) -> Result<(), StoreError> {
    tell_contact(tenant, identity.contact_id, |contact| contact.told(person, integration)).await?;
    let Some(number) = &person.number else { return Ok(()) };
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(identity.room_id).await? else { return Ok(()) };
        let Some(new) = room::renamed(&old.value, number) else { return Ok(()) };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

/// Changes a contact, or the one that it was merged into.
pub(super) async fn tell_contact(
    tenant: Tenant<'_>,
    id: Id<Contact>,
    change: impl Fn(&Contact) -> Contact,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = survivor(tenant, id).await? else { return Ok(()) };
        let new = change(&old.value);
        // Of who was erased nothing is to be known again.
        let is_erased = old.value.erased.is_some();
        if is_erased || new == old.value || tenant.save_contact(&old, &new).await? {
            return Ok(());
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
            let left_at = known.value.left_at;
            let new = Identity { left_at, blocked: contact.blocked(&at), ..stays.clone() };
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
