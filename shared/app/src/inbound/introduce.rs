//! Makes a contact known, once there is something to show of them.
//!
//! Identities come first ([`super::identify`]): their rows are the guard of uniqueness, so no contact is
//! ever made beside the one that they lead to. The contact follows just before its first room, or with
//! what the phone's app wrote where there is none. Whoever dies in between leaves no room: whoever comes
//! next finds none either, and does it again. Whoever links or moves an identity sees to it before that
//! its contact is there, since what was said under it may be under way still.

use domain::{
    Id, Time,
    contact::{Contact, Identity, KnownAs, Person},
    integration::Integration,
    message::Message,
};
use store::{MessageKey, StoreError, Tenant};

use super::identify::tell_contact;
use crate::{
    ATTEMPTS,
    contacts::{holders::let_go, survivor},
};

/// Makes the contact known that an identity leads to; the contact as it is. Nothing if they were erased.
pub(super) async fn introduce(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    identity: &Identity,
    person: &Person,
) -> Result<Option<Contact>, StoreError> {
    let person = &person.known_by(identity);
    let since = identity.since.unwrap_or(Time::from_millis(0));
    let Some(contact) = Contact::of(person, identity, integration, since) else { return Ok(None) };
    let known = tenant.introduce(&contact).await?;
    if known.erased.is_some() {
        return Ok(None);
    }
    // Only what was not known: the identity was read a while ago, and they may go by another number,
    // or another name, by now.
    let told = |contact: &Contact| {
        let name = person.name.clone();
        let username = person.username.clone().filter(|_| contact.username.is_none());
        let parent = person.parent_user_id.clone().filter(|_| contact.parent_user_id.is_none());
        let news = Person { name, username, parent_user_id: parent, ..Person::default() };
        contact.told(&news, integration)
    };
    let news = told(&known);
    if news != known {
        tell_contact(tenant, known.id, told).await?;
    }
    Ok(Some(news))
}

/// The contact of a message is being erased, and what led to it was read before or written since: it
/// leads nowhere now, and the element comes again, as somebody's first words.
pub(super) async fn forget(
    tenant: Tenant<'_>,
    identity: &Identity,
    person: &Person,
    message: &Message,
) -> Result<(), StoreError> {
    let erased = survivor(tenant, identity.contact_id).await?;
    if let Some(erased) = erased.filter(|contact| contact.value.erased.is_some()) {
        for who in [&person.number, &person.user_id].into_iter().flatten() {
            let at = KnownAs { integration_id: message.integration_id, who: who.clone() };
            let_go(tenant, &erased.value, &at).await?;
        }
    }
    let place = MessageKey::of(message);
    for _ in 0..ATTEMPTS {
        let Some(stored) = tenant.message(place).await? else { return Ok(()) };
        if tenant.erase_message(&stored).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
