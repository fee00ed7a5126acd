//! "Get New Chat": a member takes the room that has waited longest.
//!
//! Many ask at once, and all see the same rooms waiting. Each tries them from the oldest on; the
//! condition on the room's version lets one of them have each.

use domain::room::{Room, Status};
use platform::{Ctx, problem::Problem};
use store::{Order, Shelf, Table};

use super::take_over_room;
use crate::{authenticate::Caller, internal};

/// How many rooms are looked at a time.
const LOOKS: usize = 25;

/// How often, before the answer is that there is none: others have taken them all.
const ROUNDS: usize = 4;

/// The room that the caller has now, or none if none was waiting.
pub async fn take_next_room(
    table: &Table,
    caller: &Caller,
    ctx: &Ctx,
) -> Result<Option<Room>, Problem> {
    let tenant = caller.tenant(table);
    let mut after = None;
    for _ in 0..ROUNDS {
        let shelf = [Shelf::Status(Status::Unassigned)];
        let waiting = tenant.inbox(&shelf, Order::OldestFirst, after, LOOKS).await;
        let waiting = waiting.map_err(internal)?;
        for standing in waiting.rooms {
            // The index may not know yet that somebody has it.
            if standing.room.status != Status::Unassigned {
                continue;
            }
            match take_over_room(table, caller, standing.room.id, ctx).await {
                Ok(room) => return Ok(Some(room)),
                Err(problem) if is_passed_by(&problem) => {}
                Err(problem) => return Err(problem),
            }
        }
        after = waiting.next;
        if after.is_none() {
            break;
        }
    }
    Ok(None)
}

/// Whether it is the room that can't be had: the next one may be.
fn is_passed_by(problem: &Problem) -> bool {
    let of_the_room = ["already_taken", "room_resolved", "too_many_assignments", "conflict"];
    of_the_room.contains(&problem.code)
}
