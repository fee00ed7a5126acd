//! A key is withdrawn: it opens nothing from that moment on, and what it has opened is closed.
//!
//! Order: the sockets of the key's member, then the key: so a withdrawal that broke off can be
//! repeated. A ticket that the key was given just before opens a socket for half a minute.

use domain::{Id, api_key::ApiKey};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal, live::close_sockets};

/// Withdraws a key.
pub async fn revoke_key(table: &Table, caller: &Caller, id: Id<ApiKey>) -> Result<(), Problem> {
    let tenant = caller.tenant(table);
    let listed = tenant.listed_key(id).await.map_err(internal)?;
    let listed = listed.ok_or_else(|| Problem::not_found("API key"))?;
    close_sockets(tenant, listed.key.member.id).await.map_err(internal)?;
    tenant.remove_api_key(&listed).await.map_err(internal)
}
