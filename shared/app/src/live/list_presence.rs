//! Who is there.

use domain::{
    Time,
    live::{Presence, present},
};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The members of the caller's organization who have a live socket, by name.
pub async fn list_presence(
    table: &Table,
    caller: &Caller,
    now: Time,
) -> Result<Vec<Presence>, Problem> {
    let sockets = caller.tenant(table).sockets(None).await.map_err(internal)?;
    Ok(present(&sockets, now))
}
