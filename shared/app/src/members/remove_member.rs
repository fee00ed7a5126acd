//! An admin removes a member, who is out from the next request on.
//!
//! Order: the member's row, which every request reads; then the identity, which only remembers
//! where somebody belongs; then their sockets are closed. Removing again finishes what broke off. The sign-in itself stays: it is
//! the person's, and may belong to other organizations.

use domain::{
    Id, Time,
    api_key::Role,
    integration::Member,
    member::{Membership, Roster},
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table};

use super::without_admin;
use crate::{
    ATTEMPTS, authenticate::Caller, internal, live::close_sockets, sign_in::change_identity,
};

/// Removes a member. The last admin stays.
pub async fn remove_member(
    table: &Table,
    caller: &Caller,
    id: Id<Member>,
    ctx: &Ctx,
) -> Result<(), Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = tenant.member(id).await.map_err(internal)?;
        let old = old.ok_or_else(|| Problem::not_found("user"))?;
        if old.value.is_current() {
            let roster = tenant.roster().await.map_err(internal)?;
            let before: Roster = roster.as_ref().map(|row| row.value.clone()).unwrap_or_default();
            let after = match old.value.role {
                Role::Admin => without_admin(table, tenant, &before, id).await?,
                Role::Agent | Role::Supervisor => before.clone(),
            };
            let change = (after != before).then_some((roster.as_ref(), &after));
            let removed_at = Some(Time::from(ctx.now));
            let new = Membership { removed_at, ..old.value.clone() };
            if !tenant.save_member(Some(&old), &new, change).await.map_err(internal)? {
                continue;
            }
        }
        close_sockets(tenant, id).await.map_err(internal)?;
        let left =
            change_identity(table, &old.value.sub, |identity| identity.left(tenant.organization()));
        match left.await {
            // Nobody to forget.
            Err(problem) if problem.status == 404 => {}
            other => drop(other?),
        }
        return Ok(());
    }
    Err(internal(StoreError::Contended))
}
