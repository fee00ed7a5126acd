//! How auto-resolve is set.

use domain::settings::AutoResolve;
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The settings, or what holds while nobody has set anything.
pub async fn show_auto_resolve(table: &Table, caller: &Caller) -> Result<AutoResolve, Problem> {
    let watch = caller.tenant(table).auto_resolve().await.map_err(internal)?;
    Ok(watch.map(|watch| watch.value.settings).unwrap_or_default())
}
