//! The internal notes of a room.

use domain::{Id, Time, message::Position, note::Note, room::Room, settings::has_ended};
use platform::{Ctx, problem::Problem};
use store::Table;

use crate::{authenticate::Caller, internal};

/// A page of the room's notes, newest first, and where the next one begins.
pub async fn list_notes(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    before: Option<Position>,
    limit: i32,
    ctx: &Ctx,
) -> Result<(Vec<Note>, Option<Position>), Problem> {
    super::find(table, caller, id).await?;
    let page = caller.tenant(table).notes(id, before, limit).await;
    let (mut notes, next) = page.map_err(internal)?;
    notes.retain(|note| !has_ended(note.expires_at, Time::from(ctx.now)));
    Ok((notes, next))
}
