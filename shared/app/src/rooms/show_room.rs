//! One room.

use domain::{Id, room::Room};
use platform::problem::Problem;
use store::Table;

use crate::authenticate::Caller;

/// The room, as it is at this moment.
pub async fn show_room(table: &Table, caller: &Caller, id: Id<Room>) -> Result<Room, Problem> {
    Ok(super::find(table, caller, id).await?.value)
}
