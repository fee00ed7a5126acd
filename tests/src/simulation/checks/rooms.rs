//! A room says what its messages say, and time and members do to it what they may.

use serde_json::Value;

use super::{Room, text, unrouted::Unrouted};
use crate::simulation::Simulation;

/// The room says what its messages say, and every reply has come to an end.
/// The one that others were merged into has taken over when its customer wrote last, and when they
/// were answered last by then.
pub(super) fn check(
    id: &str,
    room: &Room,
    family: &[&Room],
    unrouted: &Unrouted,
    wrong: &mut Vec<String>,
) {
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
    let last_inbound = family.iter().flat_map(|room| &room.inbound).map(said).max();
    expect("last_inbound_at", row["last_inbound_at"].clone(), last_inbound.into());
    let last_received = room.inbound.iter().map(|m| text(m, "received")).max();
    expect("last_received", row["last_received"].clone(), last_received.into());
    // A reaction lies on another message and is none of the room's own.
    let is_said = |m: &&Value| m["content"]["type"] != "reaction";
    let is_accepted = |m: &&Value| m["accepted_at"].is_i64();
    let by_us_in = |room: &'_ Room| {
        let accepted = room.outbound.iter().filter(is_accepted).filter(is_said);
        accepted.chain(&room.by_phone).cloned().collect::<Vec<_>>()
    };
    let by_us = by_us_in(room);
    let last_outbound = row["last_outbound_at"].as_i64();
    let least = by_us.iter().map(at).max();
    let most = family.iter().flat_map(|room| by_us_in(room)).map(|m| at(&m)).max();
    if last_outbound < least || last_outbound > most {
        expect("last_outbound_at", last_outbound.into(), least.into());
    }
    let known = |m: &Value| if m["kind"] == "inbound" { received_at(m) } else { 0 };
    let spoken = |m: &Value| if m["kind"] == "inbound" { said(m) } else { at(m) };
    let order = |m: &Value| (spoken(m), known(m), text(m, "id"));
    let last = room.inbound.iter().chain(&by_us).map(order).max();
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
    ended(room, unrouted, wrong);
}

/// Every reply has come to an end, unless nobody was there to be told of it.
fn ended(room: &Room, unrouted: &Unrouted, wrong: &mut Vec<String>) {
    for message in &room.outbound {
        let (status, failed) = (message["status"].as_i64(), message["failure"].is_object());
        let is_told = !unrouted.statuses.contains(&text(message, "provider_id"));
        let is_sent = matches!(status, Some(3 | 4));
        let has_ended = failed || matches!(status, Some(2 | 5)) || is_sent && !is_told;
        if !has_ended {
            wrong.push(format!("reply {} is left at status {status:?}", text(message, "id")));
        }
    }
}

/// The words by which the inbox is to show the last message, if its author changed them.
fn words_of_last(room: &Room) -> Option<String> {
    let id = &room.row["last_message"]["id"];
    let of = |said: &'_ [Value]| said.iter().find(|message| message["id"] == *id).cloned();
    let (last, by) = match of(&room.inbound) {
        Some(last) => (last, "customer"),
        None => (of(&room.by_phone)?, "business"),
    };
    let said = room.annotations.iter().find(|row| row["target"] == last["provider_id"])?;
    if said[format!("{by}_revoke")].is_object() {
        return Some("[deleted]".into());
    }
    let edit = &said[format!("{by}_edit")];
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

/// Nothing that nobody has seen lies in a resolved room.
pub(super) fn hidden(simulation: &Simulation, id: &str, room: &Room, wrong: &mut Vec<String>) {
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
        let id_of = text(message, "id");
        if !seen.iter().any(|looked| looked.contains(&id_of)) && !is_old(message) {
            let (message, how) = (text(message, "provider_id"), &room.row["resolution"]);
            wrong.push(format!(
                "{message} is hidden in room {id}, resolved by {how} at {resolved_at}"
            ));
        }
    }
}

/// What time has brought is done: closed windows are marked, and no others, and what silence
/// resolves is resolved.
pub(super) fn swept(
    simulation: &Simulation,
    id: &str,
    room: &Room,
    silent_after: Option<i64>,
) -> Vec<String> {
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
    // What was refused has not moved the room, and yet it was not silent until then.
    let settled = room
        .outbound
        .iter()
        .flat_map(|message| [message["accepted_at"].as_i64(), message["failure"]["at"].as_i64()]);
    let last = settled.flatten().chain(number("activity_at")).max().unwrap_or(0);
    let silent_at = silent_after.map(|after| last + after);
    if silent_at.is_some_and(|at| at + 60_000 < now) {
        wrong.push(format!("room {id} has been silent since {silent_at:?} and is not resolved"));
    }
    wrong
}

/// An episode that is over says how it ended; a room that is live, of all before it.
pub(super) fn episodes(id: &str, room: &Room) -> Vec<String> {
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
pub(super) fn transitions(simulation: &Simulation, wrong: &mut Vec<String>) {
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
