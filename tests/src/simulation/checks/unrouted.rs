//! What came while an account was not connected lies in the bucket as it came, and in no room.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{company::Company, simulation::Simulation};

/// The provider's ids of it.
#[derive(Default)]
pub(super) struct Unrouted {
    /// What customers wrote, their notices, and what was written by phone.
    pub(super) messages: BTreeSet<String>,
    /// Of which messages statuses came.
    pub(super) statuses: BTreeSet<String>,
}

impl Unrouted {
    pub(super) fn of(simulation: &Simulation, company: &Company, rows: &[Value]) -> Self {
        let (org, app) = (company.provisioned.organization_id, &company.setup.app_key);
        let events = format!("o#{org}#events#{app}");
        let services = simulation.world.wire.services();
        let mut unrouted = Self::default();
        let of_app = rows.iter().filter(|row| row["pk"]["S"] == *events);
        for row in of_app.filter(|row| row["kind"]["S"] == "unrouted") {
            let element = row["raw_key"]["S"].as_str().and_then(|key| services.s3.object(key));
            let element: Value =
                element.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
            let value = &element["entry"][0]["changes"][0]["value"];
            let ids = |list: &str| {
                let items = value[list].as_array().into_iter().flatten();
                items.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect::<Vec<_>>()
            };
            unrouted.messages.extend(ids("messages"));
            unrouted.messages.extend(ids("message_echoes"));
            unrouted.statuses.extend(ids("statuses"));
        }
        unrouted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.statuses.is_empty()
    }
}
