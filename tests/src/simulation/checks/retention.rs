//! What was said ends when an admin's setting of that moment says, and what does not end is kept.

use super::{Rows, text};
use crate::{company::Company, simulation::Simulation};

const DAY_MS: u64 = 24 * 3600 * 1000;

/// For how long a function remembers a setting, and for how long a message may have been under way
/// to the table.
const REMEMBERED_MS: u64 = 61_000;
const UNDER_WAY_MS: u64 = 120_000;

pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    wrong: &mut Vec<String>,
) {
    for message in found.rooms.values().flat_map(|room| room.inbound.iter().chain(&room.outbound)) {
        let at = match message["kind"] == "inbound" {
            true => text(message, "received").split('#').next().and_then(|ms| ms.parse().ok()),
            false => message["at"].as_u64(),
        };
        let at = at.unwrap_or(0);
        let ends = message["expires_at"].as_u64();
        let is_right = |days: &Option<u64>| match (days, ends) {
            (None, None) => true,
            (Some(days), Some(ends)) => {
                let expected = at + days * DAY_MS;
                (expected..=expected + UNDER_WAY_MS).contains(&ends)
            }
            (None, Some(_)) | (Some(_), None) => false,
        };
        let may_be = settings(simulation, company, at);
        if !may_be.iter().any(is_right) {
            let id = text(message, "id");
            wrong.push(format!("message {id} of {at} ends at {ends:?}, kept for {may_be:?} days"));
        }
        let ttl = message["ttl"].as_u64();
        if ttl != ends.map(|ends| ends / 1000) {
            let id = text(message, "id");
            wrong.push(format!("message {id} ends at {ends:?}, in the table at {ttl:?}"));
        }
    }
}

/// The settings that a message of this time may have been given.
fn settings(simulation: &Simulation, company: &Company, at: u64) -> Vec<Option<u64>> {
    let books = simulation.books.borrow();
    let mut may_be = vec![None];
    let changes = books.accounts.retentions.iter();
    for change in changes.filter(|change| change.company == company.setup.api_key) {
        if change.answered_at.is_some_and(|answered| answered + REMEMBERED_MS <= at) {
            may_be.clear();
        }
        if change.asked_at <= at + UNDER_WAY_MS {
            may_be.push(change.days);
        }
    }
    may_be
}
