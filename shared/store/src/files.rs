//! Files that members upload.
//!
//! A pending row goes by itself after a day (`ttl`), as its bytes do by the bucket's lifecycle. A
//! ready one goes when it was not sent for long; its bytes stay as long as there is a row that says
//! to whom it was sent. Whoever takes the last row of a file's partition takes its bytes.

use domain::{
    Id, Time,
    contact::Contact,
    upload::{Upload, UploadState},
};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{Item, StoreError, Tenant, Versioned, Written, item, read, string, until},
};

/// That a file was sent to a contact.
#[derive(Debug, Serialize, Deserialize)]
struct Sent {
    /// Its name in the bucket.
    key: String,
}

/// What became of a file that was to be ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It is.
    Done,
    /// Its row is no longer as it was read.
    Changed,
}

impl Tenant<'_> {
    /// A file that is ready to be sent, and may be still. Types and lengths of a pending one are
    /// only claims.
    pub async fn file(
        &self,
        id: Id<Upload>,
        now: Time,
    ) -> Result<Option<Versioned<Upload>>, StoreError> {
        let is_ready = |upload: &Upload| {
            let is_late = upload.ends_at.is_some_and(|ends| ends <= now);
            matches!(upload.state, UploadState::Ready { .. }) && !is_late
        };
        Ok(self.upload(id).await?.filter(|row| is_ready(&row.value)))
    }

    /// Remembers that a file is sent to a contact who is to have it until then, and that it may be
    /// sent for as long again.
    pub async fn send_file(
        &self,
        file: &Versioned<Upload>,
        to: Id<Contact>,
        until: Option<Time>,
        now: Time,
    ) -> Result<(), StoreError> {
        let upload = &file.value;
        let key = keys::file_sent(self.org, upload.id, to);
        let row = self::until(item(key, &Sent { key: upload.key.clone() })?, until);
        match until {
            None => self.table.overwrite(row).await?,
            // An earlier message of it may be kept for longer.
            Some(until) => self.table.put_unless_later(row, until).await?,
        }
        if let Some(renewed) = upload.sent(now) {
            // Whoever was faster renewed it as well.
            self.finish_upload(file, &renewed).await?;
        }
        Ok(())
    }

    /// Forgets that a file was sent to these contacts; and the file, if it was sent to nobody else.
    /// Whether its bytes are nobody's now. A message to somebody else that is being stored at this
    /// very moment loses its file, and says so when it is sent.
    pub async fn withdraw_file(
        &self,
        id: Id<Upload>,
        from: impl IntoIterator<Item = Id<Contact>>,
    ) -> Result<bool, StoreError> {
        for contact in from {
            self.table.delete(keys::file_sent(self.org, id, contact)).await?;
        }
        if self.has_row_of_file(id, keys::SENT_TO).await? {
            return Ok(false);
        }
        self.table.delete(keys::file(self.org, id)).await?;
        Ok(true)
    }

    /// Whether a file may still be sent, or somebody has a message of it.
    pub async fn is_file_needed(&self, id: Id<Upload>) -> Result<bool, StoreError> {
        self.has_row_of_file(id, "").await
    }

    async fn has_row_of_file(&self, id: Id<Upload>, kind: &str) -> Result<bool, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = match kind {
            "" => query.key_condition_expression("pk = :pk"),
            kind => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":sk", string(kind)),
        };
        let answer = query
            .expression_attribute_values(":pk", string(keys::file(self.org, id).pk))
            .consistent_read(true)
            .limit(1)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        Ok(!answer.items.unwrap_or_default().is_empty())
    }

    /// A file, whether it is ready or not.
    pub async fn upload(&self, id: Id<Upload>) -> Result<Option<Versioned<Upload>>, StoreError> {
        self.table.get(&keys::file(self.org, id), true).await
    }

    /// Remembers a file of a new id; the file as it is known by this id, if it is.
    pub async fn begin_upload(&self, upload: &Upload) -> Result<Versioned<Upload>, StoreError> {
        let row = self.upload_row(upload)?;
        match self.create(row.clone()).await? {
            Written::No(Some(known)) => read(known),
            Written::Yes | Written::No(None) => read(row),
        }
    }

    /// Replaces a file of this version.
    pub async fn finish_upload(
        &self,
        old: &Versioned<Upload>,
        new: &Upload,
    ) -> Result<Finished, StoreError> {
        Ok(match self.table.replace(self.upload_row(new)?, old.version).await? {
            Written::Yes => Finished::Done,
            Written::No(_) => Finished::Changed,
        })
    }

    fn upload_row(&self, upload: &Upload) -> Result<Item, StoreError> {
        let row = item(keys::file(self.org, upload.id), upload)?;
        Ok(until(row, upload.ends_at))
    }
}
