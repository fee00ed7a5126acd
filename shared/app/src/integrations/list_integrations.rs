//! The organization's channel accounts.

use domain::integration::Integration;
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The integrations of the caller's organization.
pub async fn list_integrations(
    table: &Table,
    caller: &Caller,
) -> Result<Vec<Integration>, Problem> {
    caller.tenant(table).integrations().await.map_err(internal)
}
