//! How long what is said is kept.

use domain::settings::Retention;
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The setting, or that everything is kept while nobody has set anything.
pub async fn show_retention(table: &Table, caller: &Caller) -> Result<Retention, Problem> {
    caller.tenant(table).retention().await.map_err(internal)
}
