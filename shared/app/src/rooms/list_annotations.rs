//! What was said about messages of a room.

use domain::{Id, message::Annotations, room::Room};
use platform::problem::Problem;
use store::{AnnotationsPage, Table};

use crate::{authenticate::Caller, internal};

/// A page of reactions, edits and deletions, by message.
pub async fn list_annotations(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    after: Option<Id<Annotations>>,
    limit: i32,
) -> Result<AnnotationsPage, Problem> {
    let tenant = caller.tenant(table);
    super::find(table, caller, id).await?;
    tenant.annotations(id, after, limit).await.map_err(internal)
}
