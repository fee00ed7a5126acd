//! A client says that it is there.

use domain::Time;
use store::{StoreError, Table};

/// Notes it. `false` if its socket is not listed any more, or has ended with the right by which it
/// was opened, and so hears nothing. Relay closes what leaves the list.
pub async fn hear_client(table: &Table, connection: &str, now: Time) -> Result<bool, StoreError> {
    let Some(owner) = table.socket_owner(connection).await? else { return Ok(false) };
    let tenant = table.tenant(owner.organization_id);
    let is_heard = tenant.see_socket(owner.member_id, connection, now).await?;
    if !is_heard {
        tenant.remove_socket(owner.member_id, connection).await?;
    }
    Ok(is_heard)
}
