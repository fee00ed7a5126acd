//! What an organization has decided about who may give rooms away: one row, which is not there
//! until something was decided.

use domain::room::AssignmentRules;

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item},
};

impl Tenant<'_> {
    /// The rules, with what proves that they are still these.
    pub async fn assignment_rules(&self) -> Result<Option<Versioned<AssignmentRules>>, StoreError> {
        self.table.get(&keys::assignment_rules(self.org), true).await
    }

    /// Replaces the rules that were read. `false` if they have changed since.
    pub async fn save_assignment_rules(
        &self,
        old: Option<&Versioned<AssignmentRules>>,
        new: AssignmentRules,
    ) -> Result<bool, StoreError> {
        let row = item(keys::assignment_rules(self.org), &new)?;
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.table.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }
}
