//! What was written by the phone's app is in its customer's room, once, as it was written and as far
//! as it got; it was never sent from here, and opened no session.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Rows, text};
use crate::{
    company::Company,
    graph::Sent,
    simulation::{Simulation, people::who, phone::is_said},
};

pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    rows: &Rows,
    wrong: &mut Vec<String>,
) {
    let mut found: BTreeMap<String, Vec<(String, &Value)>> = BTreeMap::new();
    for room in rows.rooms.values() {
        for message in &room.by_phone {
            // Before its first words a customer has no room yet.
            let known = room.row["contact_identity"].as_str().map(str::to_owned);
            let to = known.unwrap_or_else(|| text(message, "to"));
            found.entry(text(message, "provider_id")).or_default().push((to, message));
        }
    }
    let graph = company.graph();
    for echo in graph.echoes().iter().filter(|echo| is_said(echo)) {
        match found.remove(&echo.wamid).as_deref() {
            Some([(to, message)]) if who(to) == who(&echo.to) => {
                let is_told = !rows.unrouted.statuses.contains(&echo.wamid);
                differs(echo, message, is_told, wrong);
            }
            None if rows.unrouted.messages.contains(&echo.wamid)
                && simulation.may_be_unrouted(company, echo.at_ms) => {}
            None if simulation.may_be_gone(company, &echo.to, echo.at_ms) => {}
            other => wrong.push(format!("{} by phone to {} is {other:?}", echo.wamid, echo.to)),
        }
        let is_sent = graph.log().iter().any(|sent| sent.text == echo.text);
        if is_sent {
            wrong.push(format!("{} was written by phone and sent from here", echo.wamid));
        }
    }
    if !found.is_empty() {
        wrong.push(format!("nobody wrote by phone {found:?}"));
    }
}

/// What a message says otherwise than the phone did, if we were told of all that became of it.
fn differs(echo: &Sent, message: &Value, is_told: bool, wrong: &mut Vec<String>) {
    let is = json!({
        "words": message["content"]["text"], "at": message["at"], "status": message["status"],
        "accepted_at": message["accepted_at"], "session": message["session_id"],
        "claimed_at": message["claimed_at"],
    });
    // Sent, delivered, read.
    let status = if is_told { (3 + echo.statuses.len()).into() } else { is["status"].clone() };
    let told = json!({
        "words": echo.text, "at": echo.at_ms / 1000 * 1000, "status": status,
        "accepted_at": null, "session": null, "claimed_at": null,
    });
    if is != told {
        wrong.push(format!("{} by phone is {is}, and was {told}", echo.wamid));
    }
}
