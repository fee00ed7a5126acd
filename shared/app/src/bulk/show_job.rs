//! How far a job got.

use domain::{Id, api_key::Role, job::Job};
use platform::problem::Problem;
use store::Table;

use crate::authenticate::Caller;

/// The job of this id.
pub async fn show_job(table: &Table, caller: &Caller, id: Id<Job>) -> Result<Job, Problem> {
    caller.at_least(Role::Supervisor)?;
    super::find(caller.tenant(table), id).await.map(|job| job.value)
}
