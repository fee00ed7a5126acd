//! A member tags a room.
//!
//! Order of writes: the tag enters the catalogue, then the room and the tag's list, in one
//! transaction. A run that dies in between leaves a tag that no room bears, and is repeated.

use domain::{
    Id, Time,
    room::{self, Room, TagName},
};
use platform::{Ctx, problem::Problem};
use store::{Table, Tag};

use super::Step;
use crate::{authenticate::Caller, internal};

/// Reads a tag's name as clients send it.
pub fn tag_name(field: &'static str, text: &str) -> Result<TagName, Problem> {
    TagName::new(text).map_err(|error| Problem::field(field, error.to_string()))
}

/// Gives the room a tag, if it does not bear it.
pub async fn tag_room(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    name: &TagName,
    ctx: &Ctx,
) -> Result<Room, Problem> {
    let now = Time::from(ctx.now);
    let decide = |room: &Room| {
        let tagged = room::tag(room, name, now);
        tagged.map_err(|error| Problem::new(422, "too_many_tags", error.to_string()))
    };
    // What the room refuses leaves no trace in the catalogue.
    if decide(&super::find(table, caller, id).await?.value)?.is_some() {
        let created_by = caller.member.clone();
        let tag = Tag { name: name.clone(), created_at: now, created_by };
        caller.tenant(table).enter_tag(&tag).await.map_err(internal)?;
    }
    super::change(table, caller, id, Step::Room, decide).await
}
