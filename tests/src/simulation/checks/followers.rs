//! The rows that follow a room say what the room says: whose it is, and which tags it bears.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::company::Company;

/// Compares the lists of agents and tags with the rooms themselves.
pub(super) fn check(rows: &[Value], company: &Company, wrong: &mut Vec<String>) {
    let prefix = format!("o#{}#", company.provisioned.organization_id);
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let (pk, sk) = (text(row, "pk"), text(row, "sk"));
        let Some(rest) = pk.strip_prefix(&prefix) else { continue };
        if let Some(id) = rest.strip_prefix("room#").filter(|_| sk == "room") {
            expected.extend(of_room(row, id));
        } else if rest.starts_with("own#") || rest.starts_with("tag#") {
            // Without the step: `open#{step}#{room}`, `done#{step}#{room}`, `{step}#{room}`.
            let parts: Vec<&str> = sk.split('#').collect();
            let kind = if parts.len() == 3 { parts[0] } else { "" };
            let room = parts.last().copied().unwrap_or_default();
            let is_new = found.insert(format!("{rest} {kind} {room}"));
            if !is_new && kind != "done" {
                wrong.push(format!("{rest} has {room} twice"));
            }
        }
    }
    // What a dead run of the sweep leaves behind is passed by: see `may_stay`.
    let missing: Vec<_> = expected.difference(&found).collect();
    let stray: Vec<_> = found.difference(&expected).filter(|row| !may_stay(row)).collect();
    if !missing.is_empty() || !stray.is_empty() {
        wrong.push(format!("rows that follow rooms: {missing:?} are missing, {stray:?} are stray"));
    }
}

/// A run that died while it resolved a room leaves a row too many in the lists of the member who
/// had it: of the resolution that it was about to write, or of the room that was open. Tags have
/// no part in that.
fn may_stay(row: &str) -> bool {
    row.starts_with("own#")
}

/// What a room says of itself.
fn of_room(row: &Value, id: &str) -> Vec<String> {
    let mut expected = Vec::new();
    if let Some(agent) = row["assignee"]["M"]["id"]["S"].as_str() {
        let kind = if row["status"]["S"] == "resolved" { "done" } else { "open" };
        expected.push(format!("own#{agent} {kind} {id}"));
    }
    let tags = row["tags"]["M"].as_object().into_iter().flatten();
    expected.extend(tags.map(|(name, _)| format!("tag#{name}  {id}")));
    expected
}
