//! A key is withdrawn: it opens nothing from that moment on, and what it has opened is closed.
//!
//! Order: what opens, the sockets of the key's member, what is shown: so a withdrawal that broke off
//! can be repeated. A ticket that the key was given just before opens nothing: whoever uses it lists
//! the socket and then asks for the key.

use domain::{Id, api_key::ApiKey};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal, live::close_sockets};

/// Withdraws a key.
pub async fn revoke_key(table: &Table, caller: &Caller, id: Id<ApiKey>) -> Result<(), Problem> {
    let tenant = caller.tenant(table);
    let listed = tenant.listed_key(id).await.map_err(internal)?;
    let listed = listed.ok_or_else(|| Problem::not_found("API key"))?;
    table.withdraw_api_key(&listed.lookup).await.map_err(internal)?;
    close_sockets(tenant, listed.key.member.id).await.map_err(internal)?;
    tenant.unlist_api_key(id).await.map_err(internal)
}
