//! A client says that it is there.

use domain::Time;
use store::{StoreError, Table};

/// Notes it. `false` if its socket is not listed any more, and so hears nothing.
pub async fn hear_client(table: &Table, connection: &str, now: Time) -> Result<bool, StoreError> {
    let Some(owner) = table.socket_owner(connection).await? else { return Ok(false) };
    table.tenant(owner.organization_id).see_socket(owner.member_id, connection, now).await
}
