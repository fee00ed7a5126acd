//! What agents do: look at rooms, answer, take over, hand over, tag, note, resolve.
//!
//! Every use case that names a room gets it from [`find`] or [`change`], which show a caller only
//! what they may see. The one exception is taking a room over: who comes second is told who was
//! first, though the room is that one's now.

mod add_note;
mod assign;
mod assign_in_turn;
mod change_room;
mod compose_message;
mod count_rooms;
mod delete_note;
mod find_room;
mod hand_over_room;
mod let_agents_assign;
mod list_annotations;
mod list_assignable_agents;
mod list_expired_rooms;
mod list_messages;
mod list_notes;
mod list_participants;
mod list_rooms;
mod list_tags;
mod mark_room_read;
mod reading;
mod resolve_expired;
mod resolve_room;
mod search_rooms;
#[cfg(feature = "files")]
mod send_bot_message;
mod send_message;
mod show_room;
mod tag_room;
mod take_next_room;
mod take_over_room;
mod unassign_room;
mod untag_room;

use domain::{
    Id, Time,
    integration::Member,
    room::{self, Assignment, Room},
};
use platform::problem::Problem;
use store::{Saved, StoreError, Table, Tenant, Versioned};

pub use add_note::{NewNote, add_note};
pub use assign_in_turn::assign_in_turn;
pub use change_room::change_room;
pub use count_rooms::{Count, count_unassigned, count_unread};
pub use delete_note::delete_note;
pub use find_room::find_room;
pub use hand_over_room::hand_over_room;
pub use let_agents_assign::{let_agents_assign, may_agents_assign};
pub use list_annotations::list_annotations;
pub use list_assignable_agents::{all_assignable_agents, list_assignable_agents};
pub use list_expired_rooms::list_expired_rooms;
pub use list_messages::list_messages;
pub use list_notes::list_notes;
pub use list_participants::{Participants, list_participants};
pub use list_rooms::list_rooms;
pub use list_tags::list_tags;
pub use mark_room_read::mark_room_read;
pub use resolve_expired::resolve_expired;
pub use resolve_room::resolve_room;
pub use search_rooms::{RoomsFound, search_rooms};
#[cfg(feature = "files")]
pub use send_bot_message::{BotMessage, add_bot_note, send_bot_message};
pub use send_message::{Draft, send_message};
pub use show_room::show_room;
pub use tag_room::{tag_name, tag_room};
pub use take_next_room::take_next_room;
pub use take_over_room::take_over_room;
pub use unassign_room::unassign_room;
pub use untag_room::untag_room;

use crate::{ATTEMPTS, authenticate::Caller, internal};

fn no_such_room() -> Problem {
    Problem::not_found("room")
}

/// Whether the caller may see a room.
fn sees(caller: &Caller, room: &Room) -> bool {
    room::may_see(caller.role, caller.member.id, room)
}

/// The room of this id, if the caller may see it.
pub(crate) async fn find(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
) -> Result<Versioned<Room>, Problem> {
    let room = find_any(table, caller, id).await?;
    if sees(caller, &room.value) { Ok(room) } else { Err(no_such_room()) }
}

/// The room of this id, whoever of the caller's organization has it.
async fn find_any(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
) -> Result<Versioned<Room>, Problem> {
    caller.tenant(table).room(id).await.map_err(internal)?.ok_or_else(no_such_room)
}

/// What a change is, for the episode that remembers it.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// Nothing that the episode remembers.
    Room,
    /// Taken over: the one change of a room that the caller may not see.
    TakeOver(Time),
    /// Handed over, or given back.
    Assign(Time),
    Resolve(&'a Member, Time),
}

/// Refuses a room for who has too many.
async fn has_place(tenant: Tenant<'_>, new: &Room) -> Result<(), Problem> {
    let Some(who) = &new.assignee else { return Ok(()) };
    let open = tenant.count_open_rooms(who.id, room::OPEN_ROOMS).await.map_err(internal)?;
    room::may_have_another(who, open).map_err(assign::refused)
}

/// Loads a room, has it decided on, and saves what was decided, again if others were faster.
/// `decide` returns the room as it is to be, or `None` if it is so already.
async fn change(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    step: Step<'_>,
    decide: impl Fn(&Room) -> Result<Option<Room>, Problem>,
) -> Result<Room, Problem> {
    let tenant = caller.tenant(table);
    for attempt in 0..ATTEMPTS {
        let old = find_any(table, caller, id).await?;
        let in_sight = sees(caller, &old.value) || matches!(step, Step::TakeOver(_));
        if !in_sight && attempt == 0 {
            return Err(no_such_room());
        }
        let new = match decide(&old.value) {
            // It may be our own write, whose answer was lost, that took the room out of sight.
            Ok(None) => return Ok(old.value),
            Ok(Some(_)) | Err(_) if !in_sight => return Err(no_such_room()),
            Ok(Some(new)) => match step {
                Step::TakeOver(at) | Step::Assign(at) => {
                    has_place(tenant, &new).await?;
                    new.active(at)
                }
                Step::Room | Step::Resolve(..) => new,
            },
            Err(refused) => return Err(refused),
        };
        let note =
            |at| Assignment { member: new.assignee.clone(), at, by: Some(caller.member.clone()) };
        let saved = match step {
            Step::Room => tenant.save_room(&old, &new).await,
            Step::TakeOver(at) | Step::Assign(at) => {
                tenant.assign_room(&old, &new, &note(at)).await
            }
            Step::Resolve(member, at) => tenant.resolve_room(&old, &new, member, at).await,
        };
        if let Saved::Done = saved.map_err(internal)? {
            return Ok(Room { version: old.value.version + 1, ..new });
        }
    }
    Err(internal(StoreError::Contended))
}
