//! One contact.

use domain::{Id, contact::Contact};
use platform::problem::Problem;
use store::Table;

use super::Known;
use crate::authenticate::Caller;

/// The contact of this id; one that was merged says into which.
pub async fn show_contact(
    table: &Table,
    caller: &Caller,
    id: Id<Contact>,
) -> Result<Known, Problem> {
    let contact = super::find(table, caller, id).await?.value;
    Known::of(caller.tenant(table), contact).await
}
