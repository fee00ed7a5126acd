//! What must be true when everything has come to rest.
//!
//! The checks read the table's rows, the provider's log and the actors' books, and share no code
//! with what they check: sessions and counts are computed here a second time, in plain numbers.

mod accounts;
mod bots;
mod contacts;
mod followers;
mod messages;
mod people;
mod phone;
mod retention;
mod rooms;
mod said;
mod sessions;
mod unrouted;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Simulation;
use crate::company::Company;
use unrouted::Unrouted;

/// Rows by partition, of one organization.
struct Rows {
    rooms: BTreeMap<String, Room>,
    /// What came while the account was not connected.
    unrouted: Unrouted,
}

/// One room's rows, as plain JSON.
#[derive(Default)]
struct Room {
    row: Value,
    inbound: Vec<Value>,
    /// What was sent from here, or is to be.
    outbound: Vec<Value>,
    /// What was sent by the phone's app.
    by_phone: Vec<Value>,
    sessions: Vec<Value>,
    annotations: Vec<Value>,
    episodes: Vec<Value>,
    notes: Vec<Value>,
}

/// All that is wrong.
pub(super) fn all(simulation: &Simulation) -> anyhow::Result<Vec<String>> {
    let mut wrong = simulation.books.borrow().trespasses.clone();
    wrong.extend(simulation.books.borrow().peeks.clone());
    wrong.extend(simulation.books.borrow().late.iter().cloned());
    wrong.extend(simulation.books.borrow().lacking.iter().cloned());
    wrong.extend(simulation.books.borrow().wrong.iter().cloned());
    let rows = simulation.world.wire.services().dynamodb.rows()?;
    for name in ["outbound.fifo", "outbound-dead.fifo", "retry"] {
        let left = simulation.world.queue(name, |queue| (queue.len(), queue.dead().len()));
        if left != (0, 0) {
            wrong.push(format!("queue {name} holds {} messages, {} dead", left.0, left.1));
        }
    }
    let (mut replies, mut rooms_gone) = (BTreeSet::new(), BTreeSet::new());
    // Only the first company has silence resolve its rooms.
    let after = i64::try_from(simulation.books.borrow().after_minutes * 60_000)?;
    for (company, silent_after) in simulation.world.companies.iter().zip([Some(after), None]) {
        let found = Rows {
            rooms: read(&rows, company),
            unrouted: Unrouted::of(simulation, company, &rows),
        };
        messages::inbound(simulation, company, &found, &mut wrong);
        contacts::check(&rows, company, &mut wrong);
        followers::check(&rows, company, &mut wrong);
        messages::annotated(simulation, company, &found, &rows, &mut wrong);
        messages::sends(company, &mut wrong);
        phone::check(simulation, company, &found, &mut wrong);
        people::check(simulation, company, &found, &mut wrong);
        messages::files(simulation, company, &found, &mut wrong);
        wrong.extend(simulation.check_erasures(&rows, company));
        accounts::check(simulation, company, &found, &rows, &mut wrong);
        bots::check(simulation, company, &found, &mut wrong);
        retention::check(simulation, company, &found, &mut wrong);
        uploads::check(simulation, company, &found, &mut wrong);
        let gone = simulation.rooms_gone(company);
        for (id, room) in &found.rooms {
            replies.extend(room.outbound.iter().map(|message| text(message, "id")));
            let family: Vec<_> =
                people::family(&found, id).iter().map(|id| &found.rooms[*id]).collect();
            sessions::check(id, room, &family, &mut wrong);
            // Of a room that was erased the books are left. What was written by phone waits for the
            // room that its customer's first words open.
            let waits = room.row.is_null() && room.inbound.is_empty() && room.outbound.is_empty();
            if gone.contains(id) || waits {
                continue;
            }
            rooms::check(id, room, &family, &found.unrouted, &mut wrong);
            rooms::hidden(simulation, id, room, &mut wrong);
            wrong.extend(rooms::swept(simulation, id, room, silent_after));
            wrong.extend(rooms::episodes(id, room));
        }
        if company.graph().given_up() > 0 || !company.graph().idle() {
            wrong.push("the provider was never answered".into());
        }
        rooms_gone.extend(gone);
    }
    for (reply, room) in &simulation.books.borrow().accepted {
        // One that had not been sent went with its room.
        if !replies.contains(reply) && !rooms_gone.contains(room) {
            wrong.push(format!("reply {reply} was accepted and is lost"));
        }
    }
    wrong.extend(simulation.check_credentials());
    rooms::transitions(simulation, &mut wrong);
    Ok(wrong)
}

/// Plain JSON of DynamoDB's own.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "N" => inner.as_str().and_then(|n| n.parse::<i64>().ok()).map_or(Value::Null, Value::from),
        "M" => inner
            .as_object()
            .map(|map| map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
            .unwrap_or_default(),
        "L" => inner.as_array().into_iter().flatten().map(plain).collect(),
        "NULL" => Value::Null,
        _ => inner.clone(),
    }
}

fn read(rows: &[Value], company: &Company) -> BTreeMap<String, Room> {
    let prefix = format!("o#{}#room#", company.provisioned.organization_id);
    let mut rooms: BTreeMap<String, Room> = BTreeMap::new();
    for row in rows {
        let row: Value = row
            .as_object()
            .map(|row| row.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
            .unwrap_or_default();
        let Some(id) = row["pk"].as_str().and_then(|pk| pk.strip_prefix(&prefix)) else { continue };
        let room = rooms.entry(id.to_owned()).or_default();
        match row["sk"].as_str().unwrap_or_default() {
            "room" => room.row = row,
            sk if sk.starts_with("m#") && row["kind"] == "inbound" => room.inbound.push(row),
            sk if sk.starts_with("m#") && row["origin"] == "phone_app" => room.by_phone.push(row),
            // What stands in the place of one that lies elsewhere is none.
            sk if sk.starts_with("m#") && row["kind"] == "outbound" => room.outbound.push(row),
            sk if sk.starts_with("s#") => room.sessions.push(row),
            sk if sk.starts_with("a#") => room.annotations.push(row),
            sk if sk.starts_with("episode#") => room.episodes.push(row),
            sk if sk.starts_with("note#") => room.notes.push(row),
            _ => {}
        }
    }
    rooms
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}
