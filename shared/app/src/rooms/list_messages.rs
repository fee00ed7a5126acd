//! What was said in a room.

use domain::{Id, Time, message::Position, room::Room, settings::has_ended};
use platform::{Ctx, problem::Problem};
use store::{HistoryPage, Table};

use crate::{authenticate::Caller, internal};

/// A page of the room's messages, newest first, older than the place where the last one ended.
pub async fn list_messages(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    before: Option<Position>,
    limit: i32,
    ctx: &Ctx,
) -> Result<HistoryPage, Problem> {
    let tenant = caller.tenant(table);
    super::find(table, caller, id).await?;
    let mut page = tenant.history(id, before, limit).await.map_err(internal)?;
    page.messages.retain(|shown| !has_ended(shown.message.expires_at, Time::from(ctx.now)));
    Ok(page)
}
