//! The organization's keys.

use domain::api_key::ApiKey;
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// All keys that were made and not withdrawn, expired ones included, oldest first.
pub async fn list_keys(table: &Table, caller: &Caller) -> Result<Vec<ApiKey>, Problem> {
    let listed = caller.tenant(table).listed_keys().await.map_err(internal)?;
    Ok(listed.into_iter().map(|listed| listed.key).collect())
}
