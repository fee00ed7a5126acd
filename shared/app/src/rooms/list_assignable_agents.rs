//! Whom a room can be handed over to.

use domain::{Id, integration::Member, room::Room};
use platform::problem::Problem;
use store::{Colleague, Table};

use crate::{authenticate::Caller, internal};

/// The members of the organization but for those who were removed, after one of them; and where
/// the next page begins. Whoever has the room stands among them.
pub async fn list_assignable_agents(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    after: Option<Id<Member>>,
    limit: i32,
) -> Result<(Vec<Colleague>, Option<Id<Member>>), Problem> {
    super::find(table, caller, id).await?;
    let found = caller.tenant(table).colleagues(after, limit).await;
    let (mut agents, next) = found.map_err(internal)?;
    agents.retain(|agent| agent.removed_at.is_none());
    Ok((agents, next))
}
