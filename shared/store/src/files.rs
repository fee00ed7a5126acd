//! Files that members upload.
//!
//! A pending row goes by itself after a day (`ttl`), as its bytes do by the bucket's lifecycle; a
//! ready one stays.

use domain::{
    Id,
    upload::{UNFINISHED, Upload, UploadState},
};

use crate::{
    keys,
    table::{Item, StoreError, Tenant, Versioned, Written, item, number},
};

/// What became of a file that was to be ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It is.
    Done,
    /// Its row is no longer as it was read.
    Changed,
}

impl Tenant<'_> {
    /// A file that is ready to be sent. Types and lengths of a pending one are only claims.
    pub async fn file(&self, id: Id<Upload>) -> Result<Option<Upload>, StoreError> {
        let found = self.upload(id).await?.map(|row| row.value);
        Ok(found.filter(|upload| matches!(upload.state, UploadState::Ready { .. })))
    }

    /// A file, whether it is ready or not.
    pub async fn upload(&self, id: Id<Upload>) -> Result<Option<Versioned<Upload>>, StoreError> {
        self.table.get(&keys::file(self.org, id), true).await
    }

    /// Remembers a file of a new id.
    pub async fn begin_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        self.create(self.upload_row(upload)?).await.map(drop)
    }

    /// Replaces a pending file of this version by a ready one.
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
        let mut row = item(keys::file(self.org, upload.id), upload)?;
        if upload.state == UploadState::Pending {
            let ends = upload.created_at.plus(UNFINISHED);
            row.insert("ttl".into(), number(ends.millis() / 1000));
        }
        Ok(row)
    }
}
