//! The files of a message: found, and asked for once more.
//!
//! Asking again makes the file awaited again; the table's stream does the rest, as it did when
//! the message came.

use domain::{
    Id,
    message::{Content, Media, Message, Shown, asked_again},
    room::Room,
    settings::has_ended,
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table, Versioned};

use crate::{ATTEMPTS, authenticate::Caller, internal, rooms};

/// A message whose files may be seen, and what was said about it: in a room that the caller may
/// see. Of one that its author deleted there is nothing to find.
pub(super) async fn find(
    table: &Table,
    caller: &Caller,
    (room, message): (Id<Room>, Id<Message>),
    ctx: &Ctx,
) -> Result<(Versioned<Message>, Shown), Problem> {
    rooms::find(table, caller, room).await?;
    let tenant = caller.tenant(table);
    let found = tenant.find_message(room, message).await.map_err(internal)?;
    let is_kept = |found: &Versioned<Message>| !has_ended(found.value.expires_at, ctx.now.into());
    let found = found.filter(is_kept).ok_or_else(|| Problem::not_found("message"))?;
    let annotations = match found.value.annotated_id() {
        Some(target) => tenant.annotated(room, target).await.map_err(internal)?,
        None => None,
    };
    let shown = Shown { message: found.value.clone(), annotations };
    if shown.deleted_at().is_some() {
        return Err(Problem::not_found("file"));
    }
    Ok((found, shown))
}

/// Has a file fetched again that could not be fetched; one that is there or under way stays. Only
/// what customers send is fetched: files above words are ours, and were uploaded.
pub async fn fetch_again(
    table: &Table,
    caller: &Caller,
    place: (Id<Room>, Id<Message>),
    ctx: &Ctx,
) -> Result<Shown, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let (old, shown) = find(table, caller, place, ctx).await?;
        let media = old.value.content.media().ok_or_else(|| Problem::not_found("file"))?;
        let Some(file) = asked_again(&media.file) else { return Ok(shown) };
        let content = Content::Media(Media { file, ..media.clone() });
        let new = Message { content, ..old.value.clone() };
        if tenant.save_message(&old, &new).await.map_err(internal)? {
            let message = Message { version: old.value.version + 1, ..new };
            return Ok(Shown { message, annotations: shown.annotations });
        }
    }
    Err(internal(StoreError::Contended))
}
