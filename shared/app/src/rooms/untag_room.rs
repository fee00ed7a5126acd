//! A member takes a tag from a room.

use domain::{
    Id,
    room::{self, Room, TagName},
};
use platform::problem::Problem;
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Takes a tag from the room, if it bears it. The catalogue keeps it.
pub async fn untag_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    name: &TagName,
) -> Result<Room, Problem> {
    let decide = |room: &Room| Ok(room::untag(room, name));
    super::change(table, caller, id, Step::Room, decide).await
}
