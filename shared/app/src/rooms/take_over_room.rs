//! A member takes a room over: one wins, the other is told who.

use domain::{
    Id, Time,
    room::{self, Room},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::{Step, assign};
use crate::authenticate::Caller;

/// Assigns the room to the caller.
pub async fn take_over_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let decide = |room: &Room| room::takeover(room, &caller.member).map_err(assign::refused);
    super::change(table, caller, id, Step::TakeOver(Time::from(ctx.now)), decide).await
}
