//! What was said about messages of a room.

use domain::{Id, Time, message::Annotations, room::Room, settings::has_ended};
use platform::{Ctx, problem::Problem};
use store::{AnnotationsPage, Table};

use crate::{authenticate::Caller, internal};

/// A page of reactions, edits and deletions, by message.
pub async fn list_annotations(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    after: Option<Id<Annotations>>,
    limit: i32,
    ctx: &Ctx,
) -> Result<AnnotationsPage, Problem> {
    let tenant = caller.tenant(table);
    super::find(table, caller, id).await?;
    let mut page = tenant.annotations(id, after, limit).await.map_err(internal)?;
    page.annotations.retain(|said| !has_ended(said.expires_at, Time::from(ctx.now)));
    Ok(page)
}
