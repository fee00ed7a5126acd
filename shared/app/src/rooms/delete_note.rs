//! A member deletes a note of theirs.

use domain::{Id, Time, note::Note, room::Room};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// Deletes the note, if the caller wrote it.
pub async fn delete_note(
    table: &Table,
    caller: &Caller,
    room: Id<Room>,
    id: Id<Note>,
    now: Time,
) -> Result<(), Problem> {
    super::find(table, caller, room).await?;
    let tenant = caller.tenant(table);
    let note = tenant.note(room, id).await.map_err(internal)?;
    let note = note.ok_or_else(|| Problem::not_found("note"))?;
    note.deletable(&caller.member)
        .map_err(|error| Problem::new(403, "not_the_author", error.to_string()))?;
    tenant.delete_note(&note, now).await.map_err(internal)
}
