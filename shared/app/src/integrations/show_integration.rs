//! One channel account.

use domain::{Id, integration::Integration};
use platform::problem::Problem;
use store::Table;

use crate::authenticate::Caller;

/// An integration of the caller's organization.
pub async fn show_integration(
    table: &Table,
    caller: &Caller,
    id: Id<Integration>,
) -> Result<Integration, Problem> {
    Ok(super::find(caller.tenant(table), id).await?.value)
}
