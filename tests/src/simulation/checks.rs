//! What must be true when everything has come to rest.
//!
//! The checks read the table's rows, the provider's log and the actors' books, and share no code
//! with what they check: sessions and counts are computed here a second time, in plain numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Simulation;
use crate::{company::Company, graph::Written};

/// Rows by partition, of one organization.
struct Rows {
    rooms: BTreeMap<String, Room>,
}

/// One room's rows, as plain JSON.
#[derive(Default)]
struct Room {
    row: Value,
    inbound: Vec<Value>,
    outbound: Vec<Value>,
    sessions: Vec<Value>,
    annotations: Vec<Value>,
    episodes: Vec<Value>,
}

/// All that is wrong.
pub(super) fn all(simulation: &Simulation) -> anyhow::Result<Vec<String>> {
    let mut wrong = simulation.books.borrow().trespasses.clone();
    wrong.extend(simulation.books.borrow().peeks.clone());
    wrong.extend(simulation.books.borrow().late.iter().cloned());
    wrong.extend(simulation.books.borrow().lacking.iter().cloned());
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
        let found = read(&rows, company);
        inbound(simulation, company, &found, &mut wrong);
        super::contact_work::check(&rows, company, &mut wrong);
        super::followers::check(&rows, company, &mut wrong);
        annotated(simulation, company, &found, &rows, &mut wrong);
        sends(company, &mut wrong);
        files(simulation, company, &found, &mut wrong);
        wrong.extend(simulation.check_erasures(&rows, company));
        let gone = simulation.rooms_gone(company);
        for (id, room) in &found.rooms {
            replies.extend(room.outbound.iter().map(|message| text(message, "id")));
            check_sessions(id, room, &mut wrong);
            // Of a room that was erased the books are left.
            if gone.contains(id) {
                continue;
            }
            check_room(id, room, &mut wrong);
            hidden(simulation, id, room, &mut wrong);
            wrong.extend(swept(simulation, id, room, silent_after));
            wrong.extend(episodes(id, room));
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
    transitions(simulation, &mut wrong);
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
        _ => inner.clone(),
    }
}

fn read(rows: &[Value], company: &Company) -> Rows {
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
            sk if sk.starts_with("m#") => room.outbound.push(row),
            sk if sk.starts_with("s#") => room.sessions.push(row),
            sk if sk.starts_with("a#") => room.annotations.push(row),
            sk if sk.starts_with("episode#") => room.episodes.push(row),
            _ => {}
        }
    }
    Rows { rooms }
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

/// Of what a line says something: the message, and under which name it is kept.
fn said_of(line: &Written) -> Option<(String, &'static str)> {
    let of = |field: &str| line.message[line.kind][field].as_str().map(str::to_owned);
    match line.kind {
        "reaction" => Some((of("message_id")?, "customer_reaction")),
        "edit" => Some((of("original_message_id")?, "customer_edit")),
        "revoke" => Some((of("original_message_id")?, "customer_revoke")),
        _ => None,
    }
}

/// Of what was said about a message the latest is kept, or an event tells that it was said of
/// one who was not known yet.
fn annotated(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    rows: &[Value],
    wrong: &mut Vec<String>,
) {
    let events = format!("o#{}#events#", company.provisioned.organization_id);
    let summaries: Vec<&str> = rows
        .iter()
        .filter(|row| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(&events)))
        .filter_map(|row| row["summary"]["S"].as_str())
        .collect();
    let mut latest: BTreeMap<(String, &str), String> = BTreeMap::new();
    let mut doubtful = BTreeSet::new();
    for line in company.graph().written() {
        let Some(said) = said_of(line) else { continue };
        if simulation.may_be_unheard(company, line) || simulation.may_be_gone(company, line) {
            doubtful.insert(said.clone());
        }
        let order = format!("{:013}#{}", line.at_ms / 1000 * 1000, line.wamid);
        let known = latest.entry(said).or_default();
        *known = order.max(known.clone());
    }
    let mut kept: BTreeMap<(String, &str), String> = BTreeMap::new();
    for row in found.rooms.values().flat_map(|room| &room.annotations) {
        for name in ["customer_reaction", "customer_edit", "customer_revoke"] {
            if row[name].is_object() {
                kept.insert((text(row, "target"), name), text(&row[name], "order"));
            }
        }
    }
    for (said, order) in latest.into_iter().filter(|(said, _)| !doubtful.contains(said)) {
        let is_event = summaries.iter().any(|summary| summary.contains(&said.0));
        if kept.get(&said) != Some(&order) && !is_event {
            wrong.push(format!("of {said:?} {:?} is kept, the latest is {order}", kept.get(&said)));
        }
    }
}

/// What customers wrote is there, once, in their room; what they wrote while they were blocked is
/// not.
fn inbound(simulation: &Simulation, company: &Company, rows: &Rows, wrong: &mut Vec<String>) {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for room in rows.rooms.values() {
        for message in &room.inbound {
            let by = text(&room.row, "contact_identity");
            found.entry(text(message, "provider_id")).or_default().push(by);
        }
    }
    for written in company.graph().written().iter().filter(|line| said_of(line).is_none()) {
        match found.remove(&written.wamid).as_deref() {
            Some(_) if simulation.must_be_unheard(company, written) => {
                wrong.push(format!(
                    "{} of {} is there, who is blocked",
                    written.wamid, written.from
                ));
            }
            Some([by]) if *by == written.from => {}
            None if simulation.may_be_unheard(company, written) => {}
            None if simulation.may_be_gone(company, written) => {}
            other => wrong.push(format!("{} of {} is in {other:?}", written.wamid, written.from)),
        }
    }
    if !found.is_empty() {
        wrong.push(format!("nobody wrote {found:?}"));
    }
    let rooms = rows.rooms.values().filter(|room| room.row.is_object());
    let identities: Vec<_> = rooms.map(|room| text(&room.row, "contact_identity")).collect();
    if identities.iter().collect::<BTreeSet<_>>().len() != identities.len() {
        wrong.push("a customer has two rooms".into());
    }
}

/// Every file is in the bucket, byte for byte, or says that it could not be fetched; in a file's
/// place lies nothing else.
fn files(simulation: &Simulation, company: &Company, rows: &Rows, wrong: &mut Vec<String>) {
    let graph = company.graph();
    let services = simulation.world.wire.services();
    let sent: BTreeMap<&str, &str> = graph
        .written()
        .iter()
        .filter_map(|written| {
            Some((written.wamid.as_str(), written.message["image"]["id"].as_str()?))
        })
        .collect();
    let mut promised = BTreeMap::new();
    for message in rows.rooms.values().flat_map(|room| &room.inbound) {
        let file = &message["content"]["file"];
        if file.is_null() {
            continue;
        }
        let id = text(message, "provider_id");
        let bytes = sent.get(id.as_str()).and_then(|media| graph.media(media));
        let bytes = bytes.map(|(_, bytes)| bytes);
        let is_right = match text(file, "state").as_str() {
            "stored" => bytes.is_some() && services.s3.object(&text(file, "key")) == bytes,
            state => state == "failed" && file["attempts"].as_i64() > Some(0),
        };
        if !is_right {
            wrong.push(format!("the file of {id} is {file}"));
        }
        promised.insert(text(message, "id"), bytes);
    }
    let prefix = format!("contact/{}/", company.provisioned.organization_id);
    for key in services.s3.keys().filter(|key| key.starts_with(&prefix)) {
        let Some((_, id)) = key.split_once("/media/") else { continue };
        if promised.get(id) != Some(&services.s3.object(key)) {
            wrong.push(format!("{key} holds what nobody promised"));
        }
    }
}

/// The provider has seen each message at most once.
fn sends(company: &Company, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for sent in company.graph().log() {
        if !seen.insert(sent.reference.clone()) {
            wrong.push(format!("{:?} was sent twice", sent.reference));
        }
    }
}

/// The room says what its messages say, and every reply has come to an end.
fn check_room(id: &str, room: &Room, wrong: &mut Vec<String>) {
    let row = &room.row;
    let mut expect = |what: &str, says: Value, is: Value| {
        if says != is {
            wrong.push(format!("room {id}: {what} is {says}, its messages say {is}"));
        }
    };
    let received_at = |message: &Value| -> i64 {
        text(message, "received").split('#').next().and_then(|ms| ms.parse().ok()).unwrap_or(0)
    };
    let at = |message: &Value| message["at"].as_i64().unwrap_or(0);
    let said = |m: &Value| (at(m) + 999).min(received_at(m));
    let last_inbound = room.inbound.iter().map(said).max();
    expect("last_inbound_at", row["last_inbound_at"].clone(), last_inbound.into());
    let last_received = room.inbound.iter().map(|m| text(m, "received")).max();
    expect("last_received", row["last_received"].clone(), last_received.into());
    // A reaction lies on another message and is none of the room's own.
    let said_by_us = |m: &&Value| m["accepted_at"].is_i64() && m["content"]["type"] != "reaction";
    let accepted = || room.outbound.iter().filter(said_by_us);
    expect("last_outbound_at", row["last_outbound_at"].clone(), accepted().map(at).max().into());
    let known = |m: &Value| if m["kind"] == "inbound" { received_at(m) } else { 0 };
    let spoken = |m: &Value| if m["kind"] == "inbound" { said(m) } else { at(m) };
    let order = |m: &Value| (spoken(m), known(m), text(m, "id"));
    let last = room.inbound.iter().chain(accepted()).map(order).max();
    let last = last.map(|(_, _, id)| id);
    expect("last_message", row["last_message"]["id"].clone(), last.into());
    let preview = row["last_message"]["preview"].clone();
    if let Some(words) = words_of_last(room) {
        expect("preview", preview, words.into());
    }
    expect(
        "assignee",
        row["assignee"].is_object().into(),
        (row["status"] == "assigned" || row["status"] == "resolved" && row["assignee"].is_object())
            .into(),
    );
    expect("resolved_at", row["resolved_at"].is_i64().into(), (row["status"] == "resolved").into());
    unread(id, room, received_at, wrong);
    for message in &room.outbound {
        let (status, failed) = (message["status"].as_i64(), message["failure"].is_object());
        let ended = failed || status == Some(2) || status == Some(5);
        if !ended {
            wrong.push(format!("reply {} is left at status {status:?}", text(message, "id")));
        }
    }
}

/// The words by which the inbox is to show the last message, if its author changed them.
fn words_of_last(room: &Room) -> Option<String> {
    let id = &room.row["last_message"]["id"];
    let last = room.inbound.iter().find(|message| message["id"] == *id)?;
    let said = room.annotations.iter().find(|row| row["target"] == last["provider_id"])?;
    if said["customer_revoke"].is_object() {
        return Some("[deleted]".into());
    }
    let edit = &said["customer_edit"];
    edit.is_object().then(|| text(&edit["what"], "text"))
}

/// Unread is what was received since the room was last read, and never less. It may be more by
/// the messages that hung while others overtook them: such a one may have been taken in after
/// the room was read, and where an answer was lost on top, it may have been counted twice.
fn unread(id: &str, room: &Room, received_at: impl Fn(&Value) -> i64, wrong: &mut Vec<String>) {
    const HANGS: i64 = 15_000;
    let read = text(&room.row, "last_read");
    let read_at: i64 = read.split('#').next().and_then(|ms| ms.parse().ok()).unwrap_or(0);
    let since = room.inbound.iter().filter(|m| text(m, "received") > read).count();
    let overtaken = |m: &&Value| {
        let at = received_at(m);
        let overtakes = |other: &Value| (at..at + HANGS).contains(&received_at(other));
        at + HANGS > read_at && room.inbound.iter().any(|other| other != *m && overtakes(other))
    };
    let most = since + room.inbound.iter().filter(overtaken).count();
    let says = usize::try_from(room.row["unread"].as_i64().unwrap_or(-1)).unwrap_or(usize::MAX);
    if says < since || says > most {
        wrong.push(format!("room {id} says {says} unread, its messages {since} to {most}"));
    }
}

/// Sessions are what the accepted messages make them: opened when none is live, for 24 hours.
fn check_sessions(id: &str, room: &Room, wrong: &mut Vec<String>) {
    const DAY: i64 = 24 * 3600 * 1000;
    let mut accepted: Vec<i64> =
        room.outbound.iter().filter_map(|message| message["accepted_at"].as_i64()).collect();
    accepted.sort_unstable();
    let mut count = 0;
    let mut open_until = i64::MIN;
    for at in accepted {
        if at >= open_until {
            count += 1;
            open_until = at + DAY;
        }
    }
    if count != room.sessions.len() {
        wrong.push(format!(
            "room {id} has {} sessions, its replies make {count}",
            room.sessions.len()
        ));
    }
    let sessions: BTreeMap<String, i64> = room
        .sessions
        .iter()
        .map(|session| (text(session, "id"), session["opened_at"].as_i64().unwrap_or(0)))
        .collect();
    for message in &room.outbound {
        let Some(at) = message["accepted_at"].as_i64() else { continue };
        match sessions.get(&text(message, "session_id")) {
            Some(opened_at) if at < opened_at + DAY && at > opened_at - 60_000 => {}
            other => wrong.push(format!("reply {} is in session {other:?}", text(message, "id"))),
        }
    }
}

/// Nothing that nobody has seen lies in a resolved room.
fn hidden(simulation: &Simulation, id: &str, room: &Room, wrong: &mut Vec<String>) {
    if room.row["status"] != "resolved" {
        return;
    }
    const DAY: i64 = 24 * 3600 * 1000;
    let books = simulation.books.borrow();
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap_or(0);
    let resolved_at = number(&room.row, "resolved_at");
    let silence = i64::try_from(books.after_minutes).unwrap_or(0) * 60_000;
    // What no agent has seen was silent for long, or its window had closed, and is unread still.
    let is_old = |message: &Value| match room.row["resolution"].as_str() {
        Some("auto_resolve") => number(message, "at") + silence <= resolved_at,
        Some("resolve_expired") => number(message, "at") + DAY <= resolved_at,
        _ => false,
    };
    let seen = books.seen.get(id).cloned().unwrap_or_default();
    for message in &room.inbound {
        if !seen.contains(&text(message, "id")) && !is_old(message) {
            wrong.push(format!("{} is hidden in a resolved room", text(message, "provider_id")));
        }
    }
}

/// What time has brought is done: closed windows are marked, and no others, and what silence
/// resolves is resolved.
fn swept(simulation: &Simulation, id: &str, room: &Room, silent_after: Option<i64>) -> Vec<String> {
    const DAY: i64 = 24 * 3600 * 1000;
    let row = &room.row;
    let now = i64::try_from(simulation.world.clock.now_ms()).unwrap_or(i64::MAX);
    let number = |name: &str| row[name].as_i64();
    let mut wrong = Vec::new();
    if row["status"] == "resolved" {
        // It is looked at once more, when it would have expired.
        let due = number("due_at");
        if row["dpk"].is_string() != due.is_some() || due.is_some_and(|due| due + 60_000 < now) {
            wrong.push(format!("room {id} is resolved and was due at {due:?}"));
        }
        return wrong;
    }
    let closes = number("last_inbound_at").map_or(0, |at| at - at.rem_euclid(1000) + DAY);
    let is_marked = number("expired_at").is_some();
    if is_marked != (closes <= now) && (closes - now).abs() > 60_000 {
        wrong.push(format!("room {id} closes at {closes}, at {now} marked: {is_marked}"));
    }
    if is_marked == row["dpk"].is_string() {
        wrong.push(format!("room {id} is marked: {is_marked}, due at {:?}", number("due_at")));
    }
    let silent_at = silent_after.map(|after| number("activity_at").unwrap_or(0) + after);
    if silent_at.is_some_and(|at| at + 60_000 < now) {
        wrong.push(format!("room {id} has been silent since {silent_at:?} and is not resolved"));
    }
    wrong
}

/// An episode that is over says how it ended; a room that is live, of all before it.
fn episodes(id: &str, room: &Room) -> Vec<String> {
    let current = &room.row["episode"]["id"];
    let is_live = room.row["status"] != "resolved";
    let told = |episode: &&Value| {
        let is_over = episode["id"] != *current;
        let says_when = episode["resolved_at"].is_i64() && episode["opened_at"].is_i64();
        (is_over && !says_when) || (!is_over && is_live && episode["resolved_at"].is_i64())
    };
    let wrong = room.episodes.iter().filter(told);
    wrong.map(|episode| format!("an episode of room {id} is {episode}")).collect()
}

/// Rooms go from status to status only as people and messages can make them.
fn transitions(simulation: &Simulation, wrong: &mut Vec<String>) {
    const LEGAL: [(&str, &str); 6] = [
        ("", "unassigned"),
        ("unassigned", "assigned"),
        ("unassigned", "resolved"),
        ("assigned", "resolved"),
        ("assigned", "unassigned"),
        ("resolved", "unassigned"),
    ];
    for (before, after) in simulation.world.wire.services().dynamodb.room_transitions() {
        if !LEGAL.contains(&(before.as_str(), after.as_str())) {
            wrong.push(format!("a room went from {before:?} to {after:?}"));
        }
    }
}
