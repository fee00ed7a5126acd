//! A member blocks the contact of a room that is not resolved.
//!
//! Order of writes: the contact, its identities, its rooms. From the moment an identity says so,
//! what comes from it is refused at the cost of the one read that every message costs. A message
//! whose identity was read before that counts as having come before, and is taken in as ever.

use domain::{
    Id, Time,
    contact::{self, BlockReason, Contact},
    room::{Room, Status},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use super::Known;
use crate::{authenticate::Caller, internal, rooms};

/// Blocks the contact of this room.
pub async fn block_contact(
    table: &Table,
    caller: &Caller,
    room: Id<Room>,
    reason: Option<BlockReason>,
    ctx: &Ctx,
) -> Result<Known, Problem> {
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let room = named_room(table, caller, room).await?;
    let contact = super::survivor(tenant, room.contact_id).await.map_err(internal)?;
    let contact = contact.ok_or_else(|| Problem::not_found("contact"))?.value;
    // One that broke off is finished, also where the room was resolved meanwhile.
    if !contact.is_blocked() {
        is_live(&room)?;
    }
    let decide = |known: &Contact| Ok(contact::block(known, &caller.member, reason.clone(), now));
    let contact = super::change(tenant, contact.id, decide).await?;
    Known::of(tenant, contact).await
}

/// The room of this id, if the caller may see it.
pub(super) async fn named_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
) -> Result<Room, Problem> {
    let room = rooms::find(table, caller, id).await.map_err(|problem| match problem.status {
        404 => {
            let detail = "There is no such room.";
            Problem { field: field(), ..Problem::new(422, "unknown_room", detail) }
        }
        _ => problem,
    })?;
    Ok(room.value)
}

/// Refuses a room that is resolved.
pub(super) fn is_live(room: &Room) -> Result<(), Problem> {
    match room.status {
        Status::Unassigned | Status::Assigned => Ok(()),
        Status::Resolved => {
            let detail = "The room is resolved. A contact is blocked and unblocked in a room that \
                          is not.";
            Err(Problem { field: field(), ..Problem::new(422, "room_resolved", detail) })
        }
    }
}

fn field() -> Option<String> {
    Some("room_id".to_owned())
}
