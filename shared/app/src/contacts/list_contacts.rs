//! A page of contacts: all of them by name, or those that a search finds.

use domain::contact::Term;
use platform::problem::Problem;
use store::{ContactPlace, Table};

use super::Known;
use crate::{authenticate::Caller, internal};

/// The contacts that one of these beginnings finds, after a place; and the next place.
pub async fn list_contacts(
    table: &Table,
    caller: &Caller,
    beginnings: &[Term],
    after: Option<ContactPlace>,
    limit: usize,
) -> Result<(Vec<Known>, Option<ContactPlace>), Problem> {
    let tenant = caller.tenant(table);
    let page = tenant.contacts(beginnings, after, limit);
    let (page, fields) =
        futures_util::try_join!(page, tenant.contact_fields()).map_err(internal)?;
    let fields = fields.map(|row| row.value.fields).unwrap_or_default();
    let contacts = page.contacts.into_iter();
    let known = contacts.map(|contact| Known { contact, fields: fields.clone() }).collect();
    Ok((known, page.next))
}
