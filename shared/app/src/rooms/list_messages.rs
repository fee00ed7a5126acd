//! What was said in a room.

use domain::{Id, message::Position, room::Room};
use platform::problem::Problem;
use store::{HistoryPage, Table};

use crate::{authenticate::Caller, internal};

/// A page of the room's messages, newest first, older than the place where the last one ended.
pub async fn list_messages(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    before: Option<Position>,
    limit: i32,
) -> Result<HistoryPage, Problem> {
    let tenant = caller.tenant(table);
    super::find(table, caller, id).await?;
    tenant.history(id, before, limit).await.map_err(internal)
}
