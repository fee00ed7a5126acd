//! Sessions are computed a second time, from the messages that the provider took.

use std::collections::BTreeMap;

use super::{Room, text};

/// Sessions are what the accepted messages make them: opened when none is live, for 24 hours.
/// A room that another was merged into goes on with the session that was live over there: then there
/// may be fewer, and what belongs to it lies in either.
pub(super) fn check(id: &str, room: &Room, family: &[&Room], wrong: &mut Vec<String>) {
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
    let has_fewer = family.len() > 1 && room.sessions.len() < count;
    if count != room.sessions.len() && !has_fewer {
        wrong.push(format!(
            "room {id} has {} sessions, its replies make {count}",
            room.sessions.len()
        ));
    }
    let sessions: BTreeMap<String, i64> = family
        .iter()
        .flat_map(|room| &room.sessions)
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
