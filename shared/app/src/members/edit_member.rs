//! An admin gives a member another name or role.
//!
//! Order: the member's row, then their sockets are closed, which know the old name and role. The
//! same edit again finishes what broke off.

use domain::{
    Id,
    api_key::Role,
    integration::Member,
    member::{Membership, Roster},
};
use platform::problem::Problem;
use store::{StoreError, Table};

use super::{Person, check_name, find, person, without_admin};
use crate::{ATTEMPTS, authenticate::Caller, internal, live::close_sockets};

/// What changes; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// The name.
    pub name: Option<String>,
    /// What they may do, from the next request on.
    pub role: Option<Role>,
}

/// Changes a member. The last admin stays one.
pub async fn edit_member(
    table: &Table,
    caller: &Caller,
    id: Id<Member>,
    edit: &Edit,
) -> Result<Person, Problem> {
    let name = edit.name.as_deref().map(check_name).transpose()?;
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = find(tenant, id).await?;
        let new = Membership {
            name: name.clone().unwrap_or_else(|| old.value.name.clone()),
            role: edit.role.unwrap_or(old.value.role),
            ..old.value.clone()
        };
        if new == old.value {
            close_sockets(tenant, id).await.map_err(internal)?;
            return person(table, new).await;
        }
        let roster = tenant.roster().await.map_err(internal)?;
        let before: Roster = roster.as_ref().map(|row| row.value.clone()).unwrap_or_default();
        let after = match (old.value.role == Role::Admin, new.role == Role::Admin) {
            (true, false) => without_admin(table, tenant, &before, id).await?,
            (false, true) => before.with(id),
            (true, true) | (false, false) => before.clone(),
        };
        let change = (after != before).then_some((roster.as_ref(), &after));
        if tenant.save_member(Some(&old), &new, change).await.map_err(internal)? {
            close_sockets(tenant, id).await.map_err(internal)?;
            return person(table, new).await;
        }
    }
    Err(internal(StoreError::Contended))
}
