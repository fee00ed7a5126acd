//! Who takes part in a room's conversation.

use domain::{Id, integration::Member, room::Room};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The room, whose contact takes part, and the members.
#[derive(Debug)]
pub struct Participants {
    /// The room.
    pub room: Room,
    /// Those who have had it since it was last opened, in that order, each once.
    pub members: Vec<Member>,
}

/// The participants of the room's present episode, or of its last one.
pub async fn list_participants(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
) -> Result<Participants, Problem> {
    let room = super::find(table, caller, id).await?.value;
    let assignments = caller.tenant(table).assignments(&room).await.map_err(internal)?;
    let had = assignments.into_iter().filter_map(|assignment| assignment.member);
    let mut members: Vec<Member> = Vec::new();
    for member in had.chain(room.assignee.clone()) {
        if members.iter().all(|known| known.id != member.id) {
            members.push(member);
        }
    }
    Ok(Participants { room, members })
}
