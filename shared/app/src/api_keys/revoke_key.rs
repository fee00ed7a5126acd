//! A key is withdrawn: it opens nothing from that moment on.

use domain::{Id, api_key::ApiKey};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// Withdraws a key.
pub async fn revoke_key(table: &Table, caller: &Caller, id: Id<ApiKey>) -> Result<(), Problem> {
    let tenant = caller.tenant(table);
    let listed = tenant.listed_key(id).await.map_err(internal)?;
    let listed = listed.ok_or_else(|| Problem::not_found("API key"))?;
    tenant.remove_api_key(&listed).await.map_err(internal)
}
