//! A client opens a socket with a ticket.
//!
//! Order of writes: the ticket is used up, the socket is listed, what the member has too many is
//! taken off the list. A run that dies in between leaves a socket that API Gateway refused to
//! open: the first frame to it finds that out, or its row ends by itself. A socket that was taken
//! off the list hears nothing any more; at its next heartbeat its client is told so.

use domain::{
    Time,
    live::{Socket, surplus},
};
use store::{StoreError, Table};

use crate::authenticate::fingerprint;

/// Opens the socket of this connection. `false` if the ticket is used, too old, none, or of a
/// member who was removed since: all ways in which it can be wrong look alike.
pub async fn open_socket(
    table: &Table,
    token: &str,
    connection: &str,
    now: Time,
) -> Result<bool, StoreError> {
    let Some(ticket) = table.use_ticket(&fingerprint(token), connection, now).await? else {
        return Ok(false);
    };
    let tenant = table.tenant(ticket.organization_id);
    let asked = ticket;
    let admitted = async || -> Result<_, StoreError> {
        let member = tenant.member(asked.member.id).await?.map(|row| row.value);
        Ok(asked.clone().admitted(member.as_ref()))
    };
    let Some(ticket) = admitted().await? else { return Ok(false) };
    tenant.add_socket(&Socket::opened_by(&ticket, connection, now)).await?;
    // Who was removed or given another role between the two had their sockets closed before this
    // one was listed.
    if admitted().await?.as_ref() != Some(&ticket) {
        tenant.remove_socket(ticket.member.id, connection).await?;
        return Ok(false);
    }
    for old in surplus(tenant.sockets(Some(ticket.member.id)).await?) {
        tenant.remove_socket(old.member.id, &old.connection_id).await?;
    }
    Ok(true)
}
