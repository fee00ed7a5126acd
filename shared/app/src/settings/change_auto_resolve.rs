//! An admin sets auto-resolve.
//!
//! One write. The sweep reads the settings each minute and looks for silent rooms in the inbox's
//! own index, so a change reaches the rooms that were made before it like those that come.

use domain::{
    Time,
    settings::{AutoResolve, AutoResolveChange},
};
use platform::{Ctx, problem::Problem};
use store::{Spared, StoreError, Table, Watch};

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Changes what is given and returns the whole.
pub async fn change_auto_resolve(
    table: &Table,
    caller: &Caller,
    change: &AutoResolveChange,
    ctx: &Ctx,
) -> Result<AutoResolve, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = tenant.auto_resolve().await.map_err(internal)?;
        let current = old.as_ref().map(|old| old.value.settings.clone()).unwrap_or_default();
        let settings = current
            .with(change, Time::from(ctx.now))
            .map_err(|error| Problem::field("after_minutes", error.to_string()))?;
        let new = Watch { settings, spared: Spared::default() };
        if tenant.save_auto_resolve(old.as_ref(), &new).await.map_err(internal)? {
            return Ok(new.settings);
        }
    }
    Err(internal(StoreError::Contended))
}
