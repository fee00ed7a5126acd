//! A room is given to a member.

use domain::{
    Id, Time,
    integration::Member,
    room::{self, Room},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::{Step, assign};
use crate::authenticate::Caller;

/// Assigns the room to this member, whoever had it.
pub async fn hand_over_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    to: Id<Member>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    super::find(table, caller, id).await?;
    let to = assign::member(table, caller, to).await?;
    if !to.works_here() {
        return Err(Problem::not_found("agent"));
    }
    let (to, giver) = (to.member(), assign::giver(table, caller).await?);
    let decide = |room: &Room| room::hand_over(room, &to, giver).map_err(assign::refused);
    super::change(table, caller, id, Step::Assign(Time::from(ctx.now)), decide).await
}
