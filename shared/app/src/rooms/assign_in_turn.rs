//! A program has a room given to whoever has the fewest: what Qontak calls round robin.
//!
//! A room that somebody has stays theirs, so that a repeated request gives it to nobody else. Two
//! rooms that are assigned at the same moment are counted without each other; nothing hangs on it.

use domain::{
    Id, Time,
    api_key::Role,
    member::Membership,
    room::{self, Room, Status, in_turn},
};
use futures_util::future::try_join_all;
use platform::{Ctx, problem::Problem};
use store::Table;

use super::{Step, assign};
use crate::{authenticate::Caller, internal};

/// The most agents that are looked at.
const MOST: usize = 400;

/// Of how many the rooms are counted side by side.
const AT_ONCE: usize = 25;

/// Assigns a room that nobody has to the agent with the fewest open rooms.
pub async fn assign_in_turn(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let room = super::find(table, caller, id).await?.value;
    if room.status == Status::Assigned {
        return Ok(room);
    }
    // Who may not give it to anybody has nobody's rooms counted.
    let giver = assign::giver(table, caller).await?;
    room::may_hand_over(&room, giver).map_err(assign::refused)?;
    let tenant = caller.tenant(table);
    let agents = agents(table, caller).await?;
    let mut counted = Vec::new();
    for agents in agents.chunks(AT_ONCE) {
        let open = agents.iter().map(|agent| tenant.open_rooms(agent.id));
        let open = try_join_all(open).await.map_err(internal)?;
        counted.extend(agents.iter().zip(open).map(|(agent, open)| (agent.member(), open.len())));
    }
    let to = in_turn(id, &counted).ok_or_else(|| {
        let detail = "The organization has no member of the role `agent`.";
        Problem::new(409, "no_agent", detail)
    })?;
    let decide = |room: &Room| match room.status {
        Status::Assigned => Ok(None),
        Status::Unassigned | Status::Resolved => {
            room::hand_over(room, to, giver).map_err(assign::refused)
        }
    };
    super::change(table, caller, id, Step::Assign(Time::from(ctx.now)), decide).await
}

/// The members who answer customers.
async fn agents(table: &Table, caller: &Caller) -> Result<Vec<Membership>, Problem> {
    let page = caller.tenant(table).members(Some(Role::Agent), MOST, None).await;
    let mut agents = page.map_err(internal)?.members;
    agents.retain(Membership::works_here);
    Ok(agents)
}
