//! Whose an element is that no room shows: it may hold a person's number, or their words.
//!
//! Asked only of what is kept as an event. What is a contact's lies below the contact, from where
//! erasing takes it; what is of one who was erased is not kept at all.

use domain::{
    Id, Time,
    contact::{Contact, Identity, Person},
    integration::Integration,
};
use store::{StoreError, Tenant};

use crate::contacts::holders::holders;

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
            let known = tenant.identity(integration, who).await?;
            if let Some(known) = known.filter(|known| !known.value.is_left(at)) {
                return Ok(Whose::Contacts(known.value.contact_id));
            }
        }
    }
    Ok(Whose::Nobodys)
}

/// Whether what a person said then, or what was said to them, is of one who was erased since.
pub(super) async fn is_of_erased(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    person: &Person,
    at: Time,
) -> Result<bool, StoreError> {
    for who in names(person) {
        let first = Identity::first(integration, who);
        if holders(tenant, integration, who, first).await?.is_of_erased(at) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn names(person: &Person) -> impl Iterator<Item = &String> {
    [&person.number, &person.user_id].into_iter().flatten()
}
