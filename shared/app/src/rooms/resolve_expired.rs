//! A supervisor resolves all expired rooms at once: a job with an id, done in the background.
//!
//! The job and the note that it runs are written together, and its row carries when the sweep is
//! to look at it: now. The same request while its job runs is the same job.

use domain::{
    Id, Time,
    job::{Job, Scope},
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table, Tenant};

use super::send_message::check_key;
use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Begins the job, or returns the one that runs. With a key, the same key is the same job for as
/// long as jobs are kept.
pub async fn resolve_expired(
    table: &Table,
    caller: &Caller,
    scope: Scope,
    idempotency_key: Option<&str>,
    ctx: &Ctx,
) -> Result<Job, Problem> {
    check_key(idempotency_key)?;
    let tenant = caller.tenant(table);
    let id = match idempotency_key {
        None => Id::at(Time::from(ctx.now), ctx.random()),
        Some(key) => {
            let (org, member) = (caller.organization_id.to_string(), caller.member.id.to_string());
            let id = Id::derived(&["job", &org, &member, key]);
            if let Some(known) = known(tenant, id, &scope).await? {
                return Ok(known);
            }
            id
        }
    };
    for _ in 0..ATTEMPTS {
        let begun = tenant.begun(&scope).await.map_err(internal)?;
        if let Some(running) = begun.job.clone().filter(|job| job.id == id || !job.state.is_over())
        {
            return Ok(running);
        }
        let job = Job::new(id, scope.clone(), &caller.member, Time::from(ctx.now));
        if tenant.begin_job(&begun, &job).await.map_err(internal)? {
            return Ok(job);
        }
    }
    Err(internal(StoreError::Contended))
}

/// The job of a key that was used before.
async fn known(tenant: Tenant<'_>, id: Id<Job>, scope: &Scope) -> Result<Option<Job>, Problem> {
    let Some(job) = tenant.job(id).await.map_err(internal)? else { return Ok(None) };
    if job.value.scope == *scope {
        return Ok(Some(job.value));
    }
    let detail = "This key was used to ask for something else.";
    Err(Problem {
        field: Some("Idempotency-Key".into()),
        ..Problem::new(422, "idempotency_key_reused", detail)
    })
}
