//! A job is stopped. What it has resolved stays resolved.
//!
//! The run that works on it notices when it saves its progress, some seconds later at most.

use domain::{
    Id, Time,
    job::{Job, State},
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table};

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Stops the job, if it is not over: for who asked for it and for supervisors.
pub async fn cancel_job(
    table: &Table,
    caller: &Caller,
    id: Id<Job>,
    ctx: &Ctx,
) -> Result<Job, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = super::find(table, caller, id).await?;
        let Some(new) = old.value.over(State::Cancelled, Time::from(ctx.now)) else {
            return Ok(old.value);
        };
        if let Some(saved) = tenant.save_job(&old, new).await.map_err(internal)? {
            return Ok(saved.value);
        }
    }
    Err(internal(StoreError::Contended))
}
