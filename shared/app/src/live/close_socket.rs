//! A socket was closed.

use store::{StoreError, Table};

/// Takes the socket of this connection off the list; again, and for one that never was, nothing
/// happens.
pub async fn close_socket(table: &Table, connection: &str) -> Result<(), StoreError> {
    let Some(owner) = table.socket_owner(connection).await? else { return Ok(()) };
    table.tenant(owner.organization_id).remove_socket(owner.member_id, connection).await
}
