//! Whose an element is that no room shows: it may hold a person's number, or their words.
//!
//! Asked only of what is kept as an event. What is a contact's lies below the contact, from where
//! erasing takes it; what is of one who was erased is not kept at all.

use domain::{
    Id, Time,
    contact::{Block, Contact, Identity, Person},
    integration::Integration,
};
use store::{StoreError, Tenant};

use crate::ATTEMPTS;

/// Whose an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody's whom we know.
    Nobodys,
    /// This contact's.
    Contacts(Id<Contact>),
    /// Somebody's who was erased since.
    Erased,
}

/// Whose an element is that names these people and is of that time: the first who is known.
pub(super) async fn whose(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    people: &[Person],
    at: Time,
) -> Result<Whose, StoreError> {
    for person in people {
        if is_of_erased(tenant, integration, person, at).await? {
            return Ok(Whose::Erased);
        }
    }
    for person in people {
        for who in names(person) {
            if let Some(known) = tenant.identity(integration, who).await? {
                return Ok(Whose::Contacts(known.value.contact_id));
            }
        }
    }
    Ok(Whose::Nobodys)
}

/// Whether what a person said then, or what was said to them, is of one who was erased since. The
/// ids of contacts follow from their identities, so each who had one before is found.
pub(super) async fn is_of_erased(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    person: &Person,
    at: Time,
) -> Result<bool, StoreError> {
    for who in names(person) {
        let mut id = Identity::first(integration, who).contact_id;
        for _ in 0..ATTEMPTS {
            let Some(known) = tenant.contact(id).await?.map(|row| row.value) else { break };
            let since = match &known.erased {
                Some(erasure) if Block::erased(erasure).period.covers(at) => return Ok(true),
                Some(erasure) => erasure.at,
                // They have the identity still.
                None if known.identity == *who || known.user_id.as_ref() == Some(who) => break,
                None => known.created_at,
            };
            id = Identity::next(integration, who, since).contact_id;
        }
    }
    Ok(false)
}

fn names(person: &Person) -> impl Iterator<Item = &String> {
    [&person.number, &person.user_id].into_iter().flatten()
}
