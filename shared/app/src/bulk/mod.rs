//! Jobs that members began: how far they got, and stopping them.

mod cancel_job;
mod show_job;

use domain::{Id, job::Job};
use platform::problem::Problem;
use store::{Tenant, Versioned};

pub use cancel_job::cancel_job;
pub use show_job::show_job;

use crate::internal;

async fn find(tenant: Tenant<'_>, id: Id<Job>) -> Result<Versioned<Job>, Problem> {
    tenant.job(id).await.map_err(internal)?.ok_or_else(|| Problem::not_found("job"))
}
