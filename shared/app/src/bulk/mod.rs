//! Jobs that members began: how far they got, and stopping them.

mod cancel_job;
mod show_job;

use domain::{Id, api_key::Role, job::Job};
use platform::problem::Problem;
use store::{Table, Versioned};

pub use cancel_job::cancel_job;
pub use show_job::show_job;

use crate::{authenticate::Caller, internal};

/// The job of this id, if the caller asked for it or is a supervisor.
async fn find(table: &Table, caller: &Caller, id: Id<Job>) -> Result<Versioned<Job>, Problem> {
    let job = caller.tenant(table).job(id).await.map_err(internal)?;
    let is_shown = |job: &Versioned<Job>| {
        caller.role >= Role::Supervisor || job.value.requested_by.id == caller.member.id
    };
    job.filter(is_shown).ok_or_else(|| Problem::not_found("job"))
}
