//! The file of a message: found, and asked for once more.
//!
//! Asking again makes the file awaited again; the table's stream does the rest, as it did when
//! the message came.

use domain::{
    Id,
    message::{Annotations, Content, Media, Message, Shown, asked_again},
    room::Room,
};
use platform::problem::Problem;
use store::{StoreError, Table, Versioned};

use crate::{ATTEMPTS, authenticate::Caller, internal, rooms};

/// A message and its file, in a room that the caller may see; without one, and of a message that
/// its author deleted, there is nothing to find.
pub(super) async fn find(
    table: &Table,
    caller: &Caller,
    (room, message): (Id<Room>, Id<Message>),
) -> Result<(Versioned<Message>, Option<Annotations>, Media), Problem> {
    rooms::find(table, caller, room).await?;
    let tenant = caller.tenant(table);
    let found = tenant.find_message(room, message).await.map_err(internal)?;
    let found = found.ok_or_else(|| Problem::not_found("message"))?;
    let annotations = match found.value.annotated_id() {
        Some(target) => tenant.annotated(room, target).await.map_err(internal)?,
        None => None,
    };
    let shown = Shown { message: found.value.clone(), annotations };
    if shown.deleted_at().is_some() {
        return Err(Problem::not_found("file"));
    }
    let media = shown.message.content.media().cloned();
    media.map(|media| (found, shown.annotations, media)).ok_or_else(|| Problem::not_found("file"))
}

/// Has a file fetched again that could not be fetched; one that is there or under way stays.
pub async fn fetch_again(
    table: &Table,
    caller: &Caller,
    place: (Id<Room>, Id<Message>),
) -> Result<Shown, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let (old, annotations, media) = find(table, caller, place).await?;
        let Some(file) = asked_again(&media.file) else {
            return Ok(Shown { message: old.value, annotations });
        };
        let content = Content::Media(Media { file, ..media });
        let new = Message { content, ..old.value.clone() };
        if tenant.save_message(&old, &new).await.map_err(internal)? {
            let message = Message { version: old.value.version + 1, ..new };
            return Ok(Shown { message, annotations });
        }
    }
    Err(internal(StoreError::Contended))
}
