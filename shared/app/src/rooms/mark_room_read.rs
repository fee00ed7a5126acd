//! A member has read a room to its end.

use domain::{
    Id,
    room::{self, Room},
};
use platform::problem::Problem;
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Marks all that the room took in as read.
pub async fn mark_room_read(table: &Table, caller: &Caller, id: Id<Room>) -> Result<Room, Problem> {
    super::change(table, caller, id, Step::Room, |room| Ok(room::read(room))).await
}
