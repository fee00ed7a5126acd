//! The settings of a channel account that are ours: the name by which agents know it.

use domain::{Id, integration::Integration};
use platform::problem::Problem;
use store::{StoreError, Table};

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// The most characters of a name.
const MAX_NAME: usize = 100;

/// Gives an integration another name.
pub async fn rename_integration(
    table: &Table,
    caller: &Caller,
    id: Id<Integration>,
    name: &str,
) -> Result<Integration, Problem> {
    let name = checked_name(name)?;
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = super::find(tenant, id).await?;
        let new = Integration { name: name.clone(), ..old.value.clone() };
        if new == old.value || tenant.save_integration(&old, &new).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}

/// A name as it is kept.
pub(super) fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=MAX_NAME).contains(&length) || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {MAX_NAME} characters, in one line.");
        return Err(Problem::field("name", detail));
    }
    Ok(name.to_owned())
}
