//! Numbers and templates stand as the provider said last, and nothing was kept from an account that was
//! connected.

use serde_json::{Value, json};

use super::Rows;
use crate::{
    company::Company,
    simulation::{Simulation, account_work::Fact},
};

pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    rows: &[Value],
    wrong: &mut Vec<String>,
) {
    let (org, id) =
        (company.provisioned.organization_id, company.provisioned.integration_id.to_string());
    let row = |pk: String, sk: String| {
        let is_it = |row: &&Value| row["pk"]["S"] == *pk && row["sk"]["S"] == *sk;
        rows.iter().find(is_it).cloned().unwrap_or_default()
    };
    let books = simulation.books.borrow();
    let (key, accounts) = (&company.setup.api_key, &books.accounts);
    let profile = &row(format!("o#{org}"), format!("integration#{id}"))["profile"]["M"];
    let standing = json!([profile["quality"]["S"], profile["messaging_limit"]["S"]]);
    if let Some(fact) = accounts.standings.get(key) {
        wrong.extend(fact.differs("a number", &standing, &json!(["GREEN", "TIER_2K"])));
    }
    let template = row(format!("o#{org}#templates"), format!("{id}#order_ready#id"));
    if let Some(fact) = accounts.templates.get(key) {
        let status = &template["definition"]["M"]["status"]["S"];
        wrong.extend(fact.differs("a template", status, &json!("APPROVED")));
    }
    if !found.unrouted.is_empty() && !accounts.out.contains_key(key) {
        wrong.push("an account that was never out did not get what was meant for it".into());
    }
}

impl Fact {
    /// How what is known differs from what was told last; `listed` is what the provider says when it is
    /// asked.
    fn differs(&self, of: &str, is: &Value, listed: &Value) -> Option<String> {
        let (asked_at, answered_at) = self.asked;
        let last = self.told.last_key_value();
        let told = last.filter(|(as_of, _)| **as_of >= asked_at / 1000).map(|(_, told)| told);
        let is_surely = last.is_some_and(|(as_of, _)| *as_of > answered_at / 1000);
        let is_right = told == Some(is) || (!is_surely && is == listed);
        (!is_right).then(|| {
            format!(
                "{of} is {is}; it was asked for from {asked_at} to {answered_at}, and told {last:?}"
            )
        })
    }
}
