//! The internal notes of a room.

use domain::{Id, message::Position, note::Note, room::Room};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// A page of the room's notes, newest first, and where the next one begins.
pub async fn list_notes(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    before: Option<Position>,
    limit: i32,
) -> Result<(Vec<Note>, Option<Position>), Problem> {
    super::find(table, caller, id).await?;
    caller.tenant(table).notes(id, before, limit).await.map_err(internal)
}
