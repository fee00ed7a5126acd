//! A member takes a room over: one wins, the other is told who.

use domain::{
    Id, Time,
    room::{self, Room, TakeoverRefused},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Assigns the room to the caller.
pub async fn take_over_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let now = Time::from(ctx.now);
    let decide = |room: &Room| room::takeover(room, &caller.member).map_err(refused);
    super::change(caller.tenant(table), id, Step::Assign(&caller.member, now), decide).await
}

fn refused(error: TakeoverRefused) -> Problem {
    let detail = error.to_string();
    match error {
        TakeoverRefused::Taken { .. } => Problem::new(409, "already_taken", detail),
        TakeoverRefused::Resolved => Problem::new(422, "room_resolved", detail),
    }
}
