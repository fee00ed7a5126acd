//! Whom a room can be handed over to.

use domain::{Id, integration::Member, member::Membership, room::Room};
use platform::problem::Problem;
use store::{MembersPage, Table};

use crate::{authenticate::Caller, internal};

/// A page of the members who work here, after one of them. Whoever has the room stands among them.
pub async fn list_assignable_agents(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    after: Option<Id<Member>>,
    limit: usize,
) -> Result<MembersPage, Problem> {
    super::find(table, caller, id).await?;
    let mut page = caller.tenant(table).members(None, limit, after).await.map_err(internal)?;
    page.members.retain(Membership::works_here);
    Ok(page)
}
