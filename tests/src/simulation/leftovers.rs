//! What the bucket still says of who was erased, and may not.
//!
//! Some of it may, for 30 days: elements that could not be stored at once, and what could not be tied
//! to anybody, because the account was not connected or because they had not written yet.

use serde_json::Value;

use super::{
    Simulation,
    erased::{Erased, contact_row, quoted},
};
use crate::company::Company;

/// For how long an element may be under way from its receipt to the bucket.
const UNDER_WAY_MS: u64 = 30_000;

impl Simulation {
    /// Objects that say what somebody said who was erased.
    pub(super) fn words_in_bucket(
        &self,
        erased: &Erased,
        rows: &[Value],
        company: &Company,
    ) -> Vec<String> {
        let words = erased.words(company);
        let services = self.world.wire.services();
        let org = company.provisioned.organization_id.to_string();
        let mut wrong = Vec::new();
        for key in services.s3.keys().filter(|key| key.contains(&org)) {
            let object = services.s3.object(key).unwrap_or_default();
            let object = String::from_utf8_lossy(object);
            let found = words.iter().find(|(_, words)| object.contains(&quoted(words)));
            let Some((who, words)) = found else { continue };
            if !may_stay(key, erased, who, rows, company) {
                wrong.push(format!("{key} says {words:?} of {who}, who was erased"));
            }
        }
        wrong
    }
}

fn may_stay(key: &str, erased: &Erased, who: &str, rows: &[Value], company: &Company) -> bool {
    let org = company.provisioned.organization_id;
    if key.starts_with(&format!("set-aside/{org}/")) {
        return true;
    }
    if !key.starts_with(&format!("raw/{org}/event/")) {
        return false;
    }
    let of_app = format!("o#{org}#events#{}", company.setup.app_key);
    let mut events = rows.iter().filter(|row| row["raw_key"]["S"] == *key);
    // One whose line was never written: delivered again, it was kept as somebody's.
    events.all(|event| {
        let is_unrouted = event["pk"]["S"] == *of_app;
        is_unrouted || was_unknown(event, erased, who, rows, company)
    })
}

/// Whether nobody was known by that name when an event came. Who has several names, may be known by
/// another one.
fn was_unknown(
    event: &Value,
    erased: &Erased,
    who: &str,
    rows: &[Value],
    company: &Company,
) -> bool {
    let number = |value: &Value| value["N"].as_str().and_then(|text| text.parse::<u64>().ok());
    let contacts = erased.contacts.iter().filter_map(|id| contact_row(rows, company, id));
    let known_at = contacts.filter_map(|contact| number(&contact["created_at"])).max();
    let received_at = number(&event["received_at"]);
    let has_more_names = erased.who.iter().any(|other| other != who);
    has_more_names || received_at <= known_at.map(|at| at + UNDER_WAY_MS)
}
