//! What customers said is there, once, where it belongs, with its files and with what was said about
//! it; and the provider was sent each message at most once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Rows, said, text};
use crate::{
    company::Company,
    graph::{Sent, Written},
    simulation::{Simulation, people::who},
};

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

/// The same of what was done by phone.
fn changed_by_phone(echo: &Sent) -> Option<(String, &'static str)> {
    let target = echo.content["original_message_id"].as_str()?.to_owned();
    Some((target, if echo.kind == "edit" { "business_edit" } else { "business_revoke" }))
}

/// What is kept about a message.
const KINDS: [&str; 5] =
    ["customer_reaction", "customer_edit", "customer_revoke", "business_edit", "business_revoke"];

/// Of what was said about a message the latest is kept, or an event tells that it was said of
/// one who was not known yet.
pub(super) fn annotated(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    rows: &[Value],
    wrong: &mut Vec<String>,
) {
    let events = format!("o#{}#events#", company.provisioned.organization_id);
    let services = simulation.world.wire.services();
    let told: Vec<String> = rows
        .iter()
        .filter(|row| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(&events)))
        .filter_map(|row| services.s3.object(row["raw_key"]["S"].as_str()?))
        .map(|element| String::from_utf8_lossy(element).into_owned())
        .collect();
    let mut latest: BTreeMap<(String, &str), String> = BTreeMap::new();
    let mut doubtful = BTreeSet::new();
    drop(services);
    let graph = company.graph();
    let by_customers = graph.written().iter().filter_map(|line| {
        let is_doubtful = simulation.may_be_unheard(company, line)
            || simulation.may_be_gone(company, &line.from, line.at_ms);
        Some((said_of(line)?, is_doubtful, line.at_ms, &line.wamid))
    });
    let by_phone = graph.echoes().iter().filter_map(|echo| {
        let is_doubtful = simulation.may_be_gone(company, &echo.to, echo.at_ms);
        Some((changed_by_phone(echo)?, is_doubtful, echo.at_ms, &echo.wamid))
    });
    for (said, is_doubtful, at_ms, wamid) in by_customers.chain(by_phone) {
        if is_doubtful {
            doubtful.insert(said.clone());
        }
        let order = format!("{:013}#{wamid}", at_ms / 1000 * 1000);
        let known = latest.entry(said).or_default();
        *known = order.max(known.clone());
    }
    let mut kept: BTreeMap<(String, &str), String> = BTreeMap::new();
    for row in found.rooms.values().flat_map(|room| &room.annotations) {
        for name in KINDS {
            if row[name].is_object() {
                kept.insert((text(row, "target"), name), text(&row[name], "order"));
            }
        }
    }
    for (said, order) in latest.into_iter().filter(|(said, _)| !doubtful.contains(said)) {
        let is_event = told.iter().any(|element| element.contains(&said.0));
        if kept.get(&said) != Some(&order) && !is_event {
            wrong.push(format!("of {said:?} {:?} is kept, the latest is {order}", kept.get(&said)));
        }
    }
}

/// What customers wrote is there, once, in their room; what they wrote while they were blocked is
/// not.
pub(super) fn inbound(
    simulation: &Simulation,
    company: &Company,
    rows: &Rows,
    wrong: &mut Vec<String>,
) {
    let mut found: BTreeMap<String, Vec<(String, &Value)>> = BTreeMap::new();
    for room in rows.rooms.values() {
        for message in &room.inbound {
            let by = text(&room.row, "contact_identity");
            found.entry(text(message, "provider_id")).or_default().push((by, message));
        }
    }
    let is_message = |line: &&Written| line.kind != "system" && said_of(line).is_none();
    for written in company.graph().written().iter().filter(is_message) {
        match found.remove(&written.wamid).as_deref() {
            Some(_) if simulation.must_be_unheard(company, written) => {
                wrong.push(format!(
                    "{} of {} is there, who is blocked",
                    written.wamid, written.from
                ));
            }
            Some([(by, message)]) if who(by) == who(&written.from) => {
                wrong.extend(said::differs(written, message));
            }
            None if rows.unrouted.messages.contains(&written.wamid)
                && simulation.may_be_unrouted(company, written.at_ms) => {}
            None if simulation.may_be_unheard(company, written) => {}
            None if simulation.may_be_gone(company, &written.from, written.at_ms) => {}
            other => wrong.push(format!("{} of {} is in {other:?}", written.wamid, written.from)),
        }
    }
    if !found.is_empty() {
        wrong.push(format!("nobody wrote {found:?}"));
    }
}

/// Every file is in the bucket, byte for byte, or says that it could not be fetched; in a file's
/// place lies nothing else.
pub(super) fn files(
    simulation: &Simulation,
    company: &Company,
    rows: &Rows,
    wrong: &mut Vec<String>,
) {
    let graph = company.graph();
    let services = simulation.world.wire.services();
    let sent: BTreeMap<&str, &str> = graph
        .written()
        .iter()
        .filter_map(|written| {
            Some((written.wamid.as_str(), written.message[written.kind]["id"].as_str()?))
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
pub(super) fn sends(company: &Company, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for sent in company.graph().log() {
        if !seen.insert(sent.reference.clone()) {
            wrong.push(format!("{:?} was sent twice", sent.reference));
        }
    }
}
