//! Members name a room, and say whether timers leave it alone.

use domain::{
    Id, Time,
    room::{self, Details, Room},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Changes what is asked for; the rest stays.
pub async fn change_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    details: &Details,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let decide = |room: &Room| {
        let next = room::change_details(room, details);
        // Silence begins anew where it counts again.
        let counts = |next: &Room| room.is_dont_auto_resolve && !next.is_dont_auto_resolve;
        Ok(next.map(|next| if counts(&next) { next.active(Time::from(ctx.now)) } else { next }))
    };
    super::change(table, caller, id, Step::Room, decide).await
}
