//! One person is answered in one room, whatever the channel has called them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Rows, text};
use crate::{
    company::Company,
    graph::Written,
    simulation::{Simulation, people::who},
};

/// Nobody has two rooms, unless one was merged into the other, and no room was merged into one that
/// is not there. Of who was erased there may be one more: it has begun anew.
pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    wrong: &mut Vec<String>,
) {
    let mut rooms: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let graph = company.graph();
    let is_lost =
        |line: &&Written| line.kind == "system" && found.unrouted.messages.contains(&line.wamid);
    // Nobody was there to be told that somebody has another number.
    let is_told = !graph.written().iter().any(|line| is_lost(&line));
    let person = |known_as: &str| {
        let person = if is_told { who(known_as) } else { known_as };
        person.to_owned()
    };
    for (id, room) in found.rooms.iter().filter(|(_, room)| room.row.is_object()) {
        match room.row["merged_into"].as_str() {
            None if simulation.came_after_notice(company, &room.row) => {}
            None => {
                let known_as = text(&room.row, "contact_identity");
                rooms.entry(person(&known_as)).or_default().push(id);
            }
            Some(into) => {
                let stays = found.rooms.get(into).map_or(&Value::Null, |room| &room.row);
                if stays["contact_id"] != room.row["contact_id"] {
                    wrong.push(format!("room {id} was merged into {into}, which is {stays}"));
                }
            }
        }
    }
    for (person, rooms) in rooms.iter().filter(|(_, rooms)| rooms.len() > 1) {
        if !simulation.was_erased(company, person) {
            wrong.push(format!("{person} has the rooms {rooms:?}"));
        }
    }
}

/// A room and those that were merged into it. Of rooms that were erased nothing says which were: then
/// it may be any of them.
pub(super) fn family<'a>(found: &'a Rows, id: &'a str) -> Vec<&'a str> {
    let is_erased = |id: &str| found.rooms.get(id).is_some_and(|room| room.row.is_null());
    let mut family = vec![id];
    if is_erased(id) {
        family.extend(
            found.rooms.keys().map(String::as_str).filter(|other| *other != id && is_erased(other)),
        );
        return family;
    }
    let mut next = 0;
    while let Some(into) = family.get(next).copied() {
        let gone = found.rooms.iter().filter(|(_, room)| room.row["merged_into"] == *into);
        family.extend(gone.map(|(id, _)| id.as_str()));
        next += 1;
    }
    family
}
