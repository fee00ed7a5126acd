//! An organization lets its agents give their rooms away, or no longer.

use domain::room::AssignmentRules;
use platform::problem::Problem;
use store::{StoreError, Table};

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Whether agents may give their rooms away.
pub async fn may_agents_assign(table: &Table, caller: &Caller) -> Result<bool, Problem> {
    let rules = caller.tenant(table).assignment_rules().await.map_err(internal)?;
    Ok(rules.is_some_and(|rules| rules.value.agents_give))
}

/// An admin decides it.
pub async fn let_agents_assign(
    table: &Table,
    caller: &Caller,
    enabled: bool,
) -> Result<(), Problem> {
    let (tenant, new) = (caller.tenant(table), AssignmentRules { agents_give: enabled });
    for _ in 0..ATTEMPTS {
        let old = tenant.assignment_rules().await.map_err(internal)?;
        let is_so = old.as_ref().map(|old| old.value) == Some(new);
        if is_so || tenant.save_assignment_rules(old.as_ref(), new).await.map_err(internal)? {
            return Ok(());
        }
    }
    Err(internal(StoreError::Contended))
}
