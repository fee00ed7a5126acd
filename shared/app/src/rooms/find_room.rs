//! The room of a customer, by what the channel knows them by.

use domain::{Id, integration::Integration, room::Room};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The room in which this customer talks with this account, if the caller may see it.
pub async fn find_room(
    table: &Table,
    caller: &Caller,
    integration: Id<Integration>,
    customer: &str,
) -> Result<Room, Problem> {
    let identity = caller.tenant(table).identity(integration, customer).await;
    let identity = identity.map_err(internal)?.ok_or_else(super::no_such_room)?;
    Ok(super::find(table, caller, identity.value.room_id).await?.value)
}
