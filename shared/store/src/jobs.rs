//! Jobs, and which of them is running.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{
    Id,
    job::{Job, Scope},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{Item, StoreError, Tenant, VERSION, Versioned, Written, item, number, string},
};

/// How long a job can be asked about.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which job of a scope began last.
#[derive(Debug, Serialize, Deserialize)]
struct Running {
    job_id: Id<Job>,
}

/// The job of a scope that began last, and what proves that none has begun since.
#[derive(Debug)]
pub struct Begun {
    /// The job, if it can still be asked about.
    pub job: Option<Job>,
    version: Option<u64>,
}

impl Tenant<'_> {
    /// One job.
    pub async fn job(&self, id: Id<Job>) -> Result<Option<Versioned<Job>>, StoreError> {
        self.table.get(&keys::job(self.org, id), true).await
    }

    /// The job of this scope that began last.
    pub async fn begun(&self, scope: &Scope) -> Result<Begun, StoreError> {
        let running = self.table.get::<Running>(&keys::running(self.org, scope), true).await?;
        let Some(running) = running else { return Ok(Begun { job: None, version: None }) };
        let job = self.job(running.value.job_id).await?.map(|job| job.value);
        Ok(Begun { job, version: Some(running.version) })
    }

    /// Begins a job, if none of its scope has begun since: it and the note that it runs, both or
    /// neither. `false` if somebody was faster, or the job exists.
    pub async fn begin_job(&self, begun: &Begun, job: &Job) -> Result<bool, StoreError> {
        let running = item(keys::running(self.org, &job.scope), &Running { job_id: job.id })?;
        let running = match begun.version {
            None => self.table.creating(running)?,
            Some(version) => self.table.replacing(running, version)?,
        };
        let writes = [running, self.table.creating(self.job_row(job)?)?]
            .map(|put| TransactWriteItem::builder().put(put).build());
        self.table.transact(writes.into()).await
    }

    /// Replaces a job of this version, and returns it as it can be replaced again; `None` if it
    /// has changed since.
    pub async fn save_job(
        &self,
        old: &Versioned<Job>,
        new: Job,
    ) -> Result<Option<Versioned<Job>>, StoreError> {
        Ok(match self.table.replace(self.job_row(&new)?, old.version).await? {
            Written::Yes => Some(Versioned { value: new, version: old.version + 1 }),
            // The SDK repeats a call whose answer was lost, and meets what it has written.
            Written::No(Some(row)) if self.is_what_was_written(&row, old, &new)? => {
                Some(Versioned { value: new, version: old.version + 1 })
            }
            Written::No(_) => None,
        })
    }

    fn is_what_was_written(
        &self,
        row: &Item,
        old: &Versioned<Job>,
        new: &Job,
    ) -> Result<bool, StoreError> {
        let mut written = self.job_row(new)?;
        written.insert(VERSION.into(), number(old.version + 1));
        Ok(*row == written)
    }

    fn job_row(&self, job: &Job) -> Result<Item, StoreError> {
        let mut row = item(keys::job(self.org, job.id), job)?;
        row.insert("ttl".into(), number(job.created_at.plus(KEPT).millis() / 1000));
        if let Some(due) = job.due_at {
            row.insert("dpk".into(), string(keys::due(job.id)));
            row.insert("dsk".into(), string(keys::due_at(due)));
        }
        Ok(row)
    }
}
