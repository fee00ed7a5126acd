//! A member asks for a ticket: the right to open one socket soon.

use domain::{
    Time,
    live::{TICKET_LIFE, Ticket},
};
use platform::problem::Problem;
use store::Table;

use crate::{
    authenticate::{Caller, fingerprint},
    internal,
};

/// A ticket as the member gets it, once.
#[derive(Debug)]
pub struct IssuedTicket {
    /// The token; only its hash is kept.
    pub token: String,
    /// From when on it opens nothing.
    pub expires_at: Time,
}

/// Issues a ticket with these random bytes: 160 bits.
pub async fn issue_ticket(
    table: &Table,
    caller: &Caller,
    random: [[u8; 10]; 2],
    now: Time,
) -> Result<IssuedTicket, Problem> {
    let token = hex::encode(random.concat());
    let ticket = Ticket {
        organization_id: caller.organization_id,
        member: caller.member.clone(),
        role: caller.role,
        right: caller.right.clone(),
        expires_at: now.plus(TICKET_LIFE),
    };
    table.put_ticket(&fingerprint(&token), &ticket).await.map_err(internal)?;
    Ok(IssuedTicket { token, expires_at: ticket.expires_at })
}
