//! Contacts: who they are, what is known of them, who is whom, and who is not heard.
//!
//! A contact's own row holds every decision. What follows from it, in rooms and identities, is
//! written after it by [`align`], which may run again at any time: a request that dies on the way
//! is repeated, finds the decision made, and does the rest.

pub(crate) mod align;
mod block_contact;
mod edit_contact;
#[cfg(feature = "files")]
mod erase_contact;
#[cfg(feature = "files")]
mod export_contact;
mod fields;
pub(crate) mod holders;
mod list_contacts;
mod merge_contacts;
mod show_contact;
mod unblock_contact;
#[cfg(feature = "files")]
mod work;

use domain::{
    Id,
    contact::{Contact, Field},
};
use platform::problem::Problem;
use store::{StoreError, Table, Tenant, Versioned};

pub use block_contact::block_contact;
pub use edit_contact::{NewDetails, edit_contact};
#[cfg(feature = "files")]
pub use erase_contact::erase_contact;
#[cfg(feature = "files")]
pub use export_contact::{Exported, export_contact, show_export};
pub use fields::{
    NewField, add_contact_field, change_contact_field, list_contact_fields, remove_contact_field,
};
pub use list_contacts::list_contacts;
pub use merge_contacts::merge_contacts;
pub use show_contact::show_contact;
pub use unblock_contact::unblock_contact;
#[cfg(feature = "files")]
pub use work::ASK_AGAIN;

use align::align;

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// How many times a contact may have been merged on before we stop following.
const HOPS: usize = 16;

/// A contact, with the fields by which what members know of it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The contact.
    pub contact: Contact,
    /// The organization's fields.
    pub fields: Vec<Field>,
}

impl Known {
    /// A contact as it is now, with the organization's fields.
    async fn of(tenant: Tenant<'_>, contact: Contact) -> Result<Self, Problem> {
        let fields = tenant.contact_fields().await.map_err(internal)?;
        Ok(Self { contact, fields: fields.map(|row| row.value.fields).unwrap_or_default() })
    }
}

/// The contact of this id, even if it was merged into another.
async fn find(
    table: &Table,
    caller: &Caller,
    id: Id<Contact>,
) -> Result<Versioned<Contact>, Problem> {
    let found = caller.tenant(table).contact(id).await.map_err(internal)?;
    found.filter(is_there).ok_or_else(|| Problem::not_found("contact"))
}

/// Whether a contact has not been erased.
fn is_there(contact: &Versioned<Contact>) -> bool {
    contact.value.erased.is_none()
}

/// The contact that this one is by now.
pub(crate) async fn survivor(
    tenant: Tenant<'_>,
    id: Id<Contact>,
) -> Result<Option<Versioned<Contact>>, StoreError> {
    let mut found = tenant.contact(id).await?;
    for _ in 0..HOPS {
        let Some(into) = found.as_ref().and_then(|contact| contact.value.merged_into) else {
            return Ok(found);
        };
        found = tenant.contact(into).await?;
    }
    Err(StoreError::Contended)
}

/// Loads a contact, has it decided on, and saves what was decided, again if others were faster;
/// then lets what follows the contact say the same. `decide` returns the contact as it is to be,
/// or `None` if it is so already.
async fn change(
    tenant: Tenant<'_>,
    id: Id<Contact>,
    decide: impl Fn(&Contact) -> Result<Option<Contact>, Problem>,
) -> Result<Contact, Problem> {
    for _ in 0..ATTEMPTS {
        let old = tenant.contact(id).await.map_err(internal)?;
        let old = old.filter(is_there).ok_or_else(|| Problem::not_found("contact"))?;
        if let Some(into) = old.value.merged_into {
            return Err(merged(into));
        }
        let is_saved = match decide(&old.value)? {
            None => true,
            Some(new) => tenant.save_contact(&old, &new).await.map_err(internal)?,
        };
        if is_saved {
            let now = align(tenant, id).await.map_err(internal)?;
            return now.ok_or_else(|| Problem::not_found("contact"));
        }
    }
    Err(internal(StoreError::Contended))
}

/// The contact is another one by now.
fn merged(into: Id<Contact>) -> Problem {
    let detail = format!("The contact was merged into {into}.");
    Problem::new(409, "contact_merged", detail)
}
