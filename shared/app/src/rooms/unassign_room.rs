//! A room is taken from a member and given back to all.

use domain::{
    Id, Time,
    integration::Member,
    room::{self, Room},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::{Step, assign};
use crate::authenticate::Caller;

/// Takes the room from this member. If somebody else has it by now, they keep it. Whoever has it is
/// known by that: a program takes rooms by its key, and is no member.
pub async fn unassign_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    from: Id<Member>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let room = super::find(table, caller, id).await?.value;
    if room.assignee.is_none_or(|has| has.id != from) {
        assign::member(table, caller, from).await?;
    }
    let giver = assign::giver(table, caller).await?;
    let decide = |room: &Room| room::unassign(room, from, giver).map_err(assign::refused);
    super::change(table, caller, id, Step::Assign(Time::from(ctx.now)), decide).await
}
