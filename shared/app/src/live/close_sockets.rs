//! All sockets of a member are closed: what they were opened for no longer holds. The member was
//! removed, has another role or name now, a key of theirs was withdrawn, or they signed out.
//!
//! They are taken off the list, so that nothing more is pushed to them; relay then closes what has
//! left the list. A client that may go on asks for another ticket.

use domain::{Id, integration::Member};
use store::{StoreError, Tenant};

/// Closes them.
pub async fn close_sockets(tenant: Tenant<'_>, member: Id<Member>) -> Result<(), StoreError> {
    for socket in tenant.sockets(Some(member)).await? {
        tenant.remove_socket(member, &socket.connection_id).await?;
    }
    Ok(())
}
