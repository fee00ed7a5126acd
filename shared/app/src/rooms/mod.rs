//! What agents do: look at rooms, answer, take over, resolve.

mod list_messages;
mod list_rooms;
mod mark_room_read;
mod resolve_room;
mod send_message;
mod show_room;
mod take_over_room;

use domain::{Id, Time, integration::Member, room::Room};
use platform::problem::Problem;
use store::{Saved, StoreError, Tenant, Versioned};

pub use list_messages::list_messages;
pub use list_rooms::list_rooms;
pub use mark_room_read::mark_room_read;
pub use resolve_room::resolve_room;
pub use send_message::{Draft, send_message};
pub use show_room::show_room;
pub use take_over_room::take_over_room;

use crate::{ATTEMPTS, internal};

/// The room of this id, if it is the caller's organization's.
async fn find(tenant: Tenant<'_>, id: Id<Room>) -> Result<Versioned<Room>, Problem> {
    tenant.room(id).await.map_err(internal)?.ok_or_else(|| Problem::not_found("room"))
}

/// What a change is, for the episode that remembers it.
#[derive(Clone, Copy)]
enum Step<'a> {
    Read,
    Assign(&'a Member, Time),
    Resolve(&'a Member, Time),
}

/// Loads a room, has it decided on, and saves what was decided, again if others were faster.
/// `decide` returns the room as it is to be, or `None` if it is so already.
async fn change(
    tenant: Tenant<'_>,
    id: Id<Room>,
    step: Step<'_>,
    decide: impl Fn(&Room) -> Result<Option<Room>, Problem>,
) -> Result<Room, Problem> {
    for _ in 0..ATTEMPTS {
        let old = find(tenant, id).await?;
        let Some(new) = decide(&old.value)? else { return Ok(old.value) };
        let saved = match step {
            Step::Read => tenant.save_room(&old, &new).await,
            Step::Assign(member, at) => tenant.assign_room(&old, &new, member, at).await,
            Step::Resolve(member, at) => tenant.resolve_room(&old, &new, member, at).await,
        };
        if let Saved::Done = saved.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}
