//! Whom a room can be handed over to.

use domain::{Id, integration::Member, member::Membership, room::Room};
use platform::problem::Problem;
use store::{MembersPage, Table};

use crate::{authenticate::Caller, internal};

/// How many members one call reads, where all are read.
const READS: usize = 100;

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

/// All of them at once, for lists in another order than that of their ids; and the room.
pub async fn all_assignable_agents(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
) -> Result<(Room, Vec<Membership>), Problem> {
    let room = super::find(table, caller, id).await?.value;
    let (tenant, mut members, mut after) = (caller.tenant(table), Vec::new(), None);
    loop {
        let page = tenant.members(None, READS, after).await.map_err(internal)?;
        members.extend(page.members.into_iter().filter(Membership::works_here));
        after = page.next;
        if after.is_none() {
            return Ok((room, members));
        }
    }
}
