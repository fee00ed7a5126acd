//! One member, or oneself.

use domain::{Id, integration::Member};
use platform::problem::Problem;
use store::Table;

use super::{Person, find, person};
use crate::authenticate::Caller;

/// A member of the caller's organization.
pub async fn show_member(
    table: &Table,
    caller: &Caller,
    id: Id<Member>,
) -> Result<Person, Problem> {
    let found = find(caller.tenant(table), id).await?;
    person(table, found.value).await
}

/// The caller, who is a person.
pub async fn show_me(table: &Table, caller: &Caller) -> Result<Person, Problem> {
    crate::sign_in::person(caller)?;
    show_member(table, caller, caller.member.id).await
}
