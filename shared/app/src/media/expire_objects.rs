//! Takes away what lies in the bucket of a row that has had its time.
//!
//! The row is gone already, by the table itself. Deleting what is gone changes nothing, so the job
//! may be repeated.

use domain::upload::Upload;
use store::StoreError;

use super::Fetcher;
use crate::{accounts::AccountError, jobs::ExpiryJob};

impl Fetcher {
    /// Deletes the objects that a job names. An upload stays while it may be sent or somebody has a
    /// message of it; what is another organization's is not this one's to take away.
    pub async fn expire_objects(&self, job: &ExpiryJob) -> Result<(), AccountError> {
        let tenant = self.table.tenant(job.organization_id);
        for key in &job.expired_keys {
            if key.split('/').nth(1) != Some(job.organization_id.to_string().as_str()) {
                tracing::error!("a job names an object that is not its organization's");
                continue;
            }
            let is_needed = match Upload::of_key(key) {
                Some(upload) => tenant.is_file_needed(upload).await?,
                None => false,
            };
            if !is_needed {
                self.files.bucket().erase(key).await.map_err(StoreError::from)?;
            }
        }
        Ok(())
    }
}
