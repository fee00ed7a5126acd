//! The file of a message: found, and asked for once more.
//!
//! Asking again makes the file awaited again; the table's stream does the rest, as it did when
//! the message came.

use domain::{
    Id,
    message::{Content, Media, Message, asked_again},
    room::Room,
};
use platform::problem::Problem;
use store::{StoreError, Table, Versioned};

use crate::{ATTEMPTS, authenticate::Caller, internal, rooms};

/// A message and its file, in a room that the caller may see; without one, there is nothing to
/// find.
pub(super) async fn find(
    table: &Table,
    caller: &Caller,
    (room, message): (Id<Room>, Id<Message>),
) -> Result<(Versioned<Message>, Media), Problem> {
    rooms::find(table, caller, room).await?;
    let found = caller.tenant(table).find_message(room, message).await.map_err(internal)?;
    let found = found.ok_or_else(|| Problem::not_found("message"))?;
    let media = found.value.content.media().cloned();
    media.map(|media| (found, media)).ok_or_else(|| Problem::not_found("file"))
}

/// Has a file fetched again that could not be fetched; one that is there or under way stays.
pub async fn fetch_again(
    table: &Table,
    caller: &Caller,
    place: (Id<Room>, Id<Message>),
) -> Result<Message, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let (old, media) = find(table, caller, place).await?;
        let Some(file) = asked_again(&media.file) else { return Ok(old.value) };
        let content = Content::Media(Media { file, ..media });
        let new = Message { content, ..old.value.clone() };
        if tenant.save_message(&old, &new).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}
