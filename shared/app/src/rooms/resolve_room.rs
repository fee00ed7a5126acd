//! A member resolves a room, up to the last message they have seen.

use domain::{
    Id, Time,
    message::Message,
    room::{self, ResolveRefused, Room},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::Step;
use crate::authenticate::Caller;

/// Resolves the room. With `seen`, a message that came since is a conflict; without, the caller
/// takes the room as it is.
pub async fn resolve_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    seen: Option<Id<Message>>,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let now = Time::from(ctx.now);
    let decide = |room: &Room| room::resolve(room, seen, &caller.member, now).map_err(refused);
    super::change(table, caller, id, Step::Resolve(&caller.member, now), decide).await
}

fn refused(error: ResolveRefused) -> Problem {
    let ResolveRefused::NewerMessage { .. } = error;
    Problem {
        field: Some("last_message_id".into()),
        ..Problem::new(409, "newer_message", error.to_string())
    }
}
