//! Members name a room, and say whether timers leave it alone.

use domain::{
    Id,
    room::{self, Details, Room},
};
use platform::problem::Problem;
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Changes what is asked for; the rest stays.
pub async fn change_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    details: &Details,
) -> Result<Room, Problem> {
    let decide = |room: &Room| Ok(room::change_details(room, details));
    super::change(table, caller, id, Step::Room, decide).await
}
