//! A member lets a blocked contact write again, in a room of theirs that is not resolved.
//!
//! A blocked contact reopens no room. So that nobody stays blocked because all their rooms were
//! resolved meanwhile, no room need be named then.
//!
//! Order of writes: as in blocking.

use domain::{
    Id, Time,
    contact::{self, Contact},
    room::{Room, Status},
};
use platform::{Ctx, problem::Problem};
use store::{Table, Tenant};

use super::{
    Known,
    block_contact::{is_live, named_room},
};
use crate::{authenticate::Caller, internal};

/// Unblocks a contact, in this room of theirs.
pub async fn unblock_contact(
    table: &Table,
    caller: &Caller,
    id: Id<Contact>,
    room: Option<Id<Room>>,
    ctx: &Ctx,
) -> Result<Known, Problem> {
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    super::find(table, caller, id).await?;
    let contact = super::survivor(tenant, id).await.map_err(internal)?;
    let contact = contact.ok_or_else(|| Problem::not_found("contact"))?.value;
    match room {
        Some(room) => {
            let room = named_room(table, caller, room).await?;
            // One that broke off is finished, also where the room was resolved meanwhile.
            if contact.is_blocked() {
                is_live(&room)?;
            }
            if room.contact_id != contact.id && !contact.absorbed.contains(&room.contact_id) {
                let detail = "This room is not the contact's.";
                return Err(Problem::field("room_id", detail));
            }
        }
        None if has_unresolved(tenant, &contact).await? => {
            let detail = "Name a room of the contact's that is not resolved.";
            let field = Some("room_id".into());
            return Err(Problem { field, ..Problem::new(422, "room_needed", detail) });
        }
        None => {}
    }
    let decide = |known: &Contact| Ok(contact::unblock(known, now));
    let contact = super::change(tenant, contact.id, decide).await?;
    Known::of(tenant, contact).await
}

async fn has_unresolved(tenant: Tenant<'_>, contact: &Contact) -> Result<bool, Problem> {
    for id in &contact.rooms {
        let room = tenant.room(*id).await.map_err(internal)?;
        if room.is_some_and(|room| room.value.status != Status::Resolved) {
            return Ok(true);
        }
    }
    Ok(false)
}
