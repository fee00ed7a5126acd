//! Rooms, identities and search rows say what the contacts say, and every contact is somebody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::company::Company;

/// Compares rooms, identities and search rows with the contacts themselves.
pub(super) fn check(rows: &[Value], company: &Company, wrong: &mut Vec<String>) {
    let prefix = format!("o#{}#", company.provisioned.organization_id);
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    let own: Vec<(String, &Value)> = rows
        .iter()
        .filter_map(|row| Some((text(row, "pk").strip_prefix(&prefix)?.to_owned(), row)))
        .collect();
    let contacts: BTreeMap<String, &Value> = own
        .iter()
        .filter(|(_, row)| row["sk"]["S"] == "contact")
        .filter_map(|(pk, row)| Some((pk.strip_prefix("contact#")?.to_owned(), *row)))
        .collect();
    let is_blocked = |contact: &Value| {
        let block = &contact["block"]["M"];
        !block.is_null() && block["until"].is_null()
    };
    // By these erasing finds the rows, and so does a block.
    let known_as = |contact: &Value| -> BTreeSet<String> {
        let known = contact["known_as"]["L"].as_array().into_iter().flatten();
        known
            .map(|at| format!("who#{}#{}", text(&at["M"], "integration_id"), text(&at["M"], "who")))
            .collect()
    };
    let (mut names, mut led_to) = (BTreeMap::new(), BTreeSet::new());
    for (pk, row) in &own {
        let sk = text(row, "sk");
        let (id, says_blocked) = match (pk.split('#').next(), sk.as_str()) {
            (Some("room"), "room") => {
                (text(row, "contact_id"), row["is_contact_blocked"]["BOOL"] == true)
            }
            (Some("who"), _) => {
                let blocked = &row["blocked"]["M"];
                led_to.insert(text(row, "contact_id"));
                let known = contacts.get(&text(row, "contact_id")).map(|contact| known_as(contact));
                if known.is_some_and(|known| !known.contains(pk)) {
                    wrong.push(format!("{pk} leads to a contact that does not know it"));
                }
                (text(row, "contact_id"), !blocked.is_null() && blocked["until"].is_null())
            }
            (Some("contacts"), _) => {
                let id = sk.rsplit('#').next().unwrap_or_default().to_owned();
                if sk.starts_with("a#") {
                    *names.entry(id.clone()).or_insert(0) += 1;
                }
                let blocked = contacts.get(&id).is_some_and(|contact| is_blocked(contact));
                (id, blocked)
            }
            _ => continue,
        };
        match contacts.get(&id) {
            Some(contact) if !contact["merged_into"].is_null() => {
                wrong.push(format!("{pk} {sk} is of contact {id}, which was merged"));
            }
            Some(contact) if !contact["erased"].is_null() => {
                wrong.push(format!("{pk} {sk} is of contact {id}, which was erased"));
            }
            Some(contact) if is_blocked(contact) != says_blocked => {
                wrong.push(format!("{pk} {sk} and contact {id} don't agree about a block"));
            }
            Some(_) => {}
            None => wrong.push(format!("{pk} {sk} is of contact {id}, which is not there")),
        }
    }
    let lives = |contact: &Value| contact["merged_into"].is_null() && contact["erased"].is_null();
    let with_words: BTreeSet<_> =
        own.iter().filter_map(|(pk, _)| pk.strip_prefix("room#")).collect();
    let has_words = |contact: &Value| {
        let mut rooms = contact["rooms"]["L"].as_array().into_iter().flatten();
        rooms.any(|room| with_words.contains(room["S"].as_str().unwrap_or_default()))
    };
    for (id, contact) in contacts.iter().filter(|(_, contact)| lives(contact)) {
        if !led_to.contains(id) && !has_words(contact) {
            wrong.push(format!(
                "contact {id} is nobody: no identity leads there, and nothing was said"
            ));
        }
        if names.get(id) != Some(&1) {
            wrong.push(format!("contact {id} is found by {:?} whole names", names.get(id)));
        }
    }
}
