//! Takes away what is left of a row that has had its time: its objects in the bucket, and its words
//! where its room shows them as the last that were said.
//!
//! The row is gone already, by the table itself. What is gone is not there to be taken away, so the
//! job may be repeated.

use domain::upload::Upload;
use store::{MessageKey, Saved, StoreError, Tenant};

use super::Fetcher;
use crate::{ATTEMPTS, accounts::AccountError, jobs::ExpiryJob};

impl Fetcher {
    /// Clears what a job names. An upload stays while it may be sent or somebody has a message of it;
    /// what is another organization's is not this one's to take away.
    pub async fn clear_expired(&self, job: &ExpiryJob) -> Result<(), AccountError> {
        let tenant = self.table.tenant(job.organization_id);
        for key in &job.expired_keys {
            let mut parts = key.split('/');
            // What waits below `pending/` goes by the bucket's lifecycle.
            if !matches!(parts.next(), Some("contact" | "upload")) {
                continue;
            }
            if parts.next() != Some(job.organization_id.to_string().as_str()) {
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
        let message = job.expired_message.as_deref().and_then(MessageKey::parse);
        match message {
            Some(message) => Ok(unshow(tenant, message).await?),
            None => Ok(()),
        }
    }
}

/// Has a room not show the words of a message, if it was the last.
async fn unshow(tenant: Tenant<'_>, message: MessageKey) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(message.room).await? else { return Ok(()) };
        let last = &old.value.last_message;
        if last.position != message.position || last.preview.is_empty() {
            return Ok(());
        }
        let mut new = old.value.clone();
        new.last_message.preview.clear();
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
