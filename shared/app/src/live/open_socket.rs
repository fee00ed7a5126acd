//! A client opens a socket with a ticket.
//!
//! Order of writes: the ticket is used up, the socket is listed, what the member has too many is
//! taken off the list. A run that dies in between leaves a socket that API Gateway refused to
//! open: the first frame to it finds that out, or its row ends by itself. A socket that was taken
//! off the list hears nothing any more; at its next heartbeat its client is told so.

use domain::{
    Time,
    live::{Right, Socket, Standing, Ticket, surplus},
};
use store::{StoreError, Table};

use crate::authenticate::fingerprint;

/// Opens the socket of this connection. `false` if the ticket is used, too old, none, or of somebody
/// who has lost what it was asked for with since: all ways in which it can be wrong look alike.
pub async fn open_socket(
    table: &Table,
    token: &str,
    connection: &str,
    now: Time,
) -> Result<bool, StoreError> {
    let Some(asked) = table.use_ticket(&fingerprint(token), connection, now).await? else {
        return Ok(false);
    };
    let tenant = table.tenant(asked.organization_id);
    let Some((ticket, until)) = admitted(table, &asked, now).await? else { return Ok(false) };
    tenant.add_socket(&Socket::opened_by(&ticket, connection, until, now)).await?;
    // Who lost their right or was given another role between the two had their sockets closed before
    // this one was listed.
    if admitted(table, &asked, now).await? != Some((ticket.clone(), until)) {
        tenant.remove_socket(ticket.member.id, connection).await?;
        return Ok(false);
    }
    for old in surplus(tenant.sockets(Some(ticket.member.id)).await?) {
        tenant.remove_socket(old.member.id, &old.connection_id).await?;
    }
    Ok(true)
}

/// The ticket as its member and their right are now, and when that right ends.
async fn admitted(
    table: &Table,
    asked: &Ticket,
    now: Time,
) -> Result<Option<(Ticket, Option<Time>)>, StoreError> {
    let standing = match &asked.right {
        Right::Key { lookup } => {
            let key = table.api_key(lookup).await?;
            Standing::of_key(key.as_ref(), now)
        }
        Right::Person { sub, issued_at, expires_at } => {
            let identity = table.identity_of(sub).await?;
            let at = identity.and_then(|identity| identity.value.signed_out_at);
            asked.signed_out(*issued_at, *expires_at, at)
        }
    };
    let Standing::Good(until) = standing else { return Ok(None) };
    let tenant = table.tenant(asked.organization_id);
    let member = tenant.member(asked.member.id).await?.map(|row| row.value);
    Ok(asked.clone().admitted(member.as_ref()).map(|ticket| (ticket, until)))
}
