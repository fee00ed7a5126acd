//! How far a job got.

use domain::{Id, job::Job};
use platform::problem::Problem;
use store::Table;

use crate::authenticate::Caller;

/// The job of this id, for who asked for it and for supervisors.
pub async fn show_job(table: &Table, caller: &Caller, id: Id<Job>) -> Result<Job, Problem> {
    super::find(table, caller, id).await.map(|job| job.value)
}
