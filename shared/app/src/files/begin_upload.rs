//! A member is given a form for a file.
//!
//! The row comes first: a form without one would bring bytes that nobody can complete.

use domain::{
    Id, Time, file_type,
    upload::{UNFINISHED, Upload, UploadState},
};
use platform::{
    Ctx,
    files::{Files, Form},
    problem::Problem,
};
use store::Table;

use super::{FORM_LIFE, bucket_failed, check_size, name, shown};
use crate::{authenticate::Caller, internal};

/// What a client says of the file that it will upload.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its name.
    pub filename: String,
    /// Its type.
    pub mime_type: String,
    /// Its exact length in bytes.
    pub size: u64,
}

/// Makes a form that takes exactly this file, for a quarter of an hour.
pub async fn begin_upload(
    table: &Table,
    files: &Files,
    caller: &Caller,
    new: &NewUpload,
    ctx: &Ctx,
) -> Result<(Upload, Form), Problem> {
    let (filename, mime_type) = (name(&new.filename)?, file_type::essence(&new.mime_type));
    // Whether a picture moves is seen once it is there; until then it may.
    check_size(&mime_type, true, new.size)?;
    let now = Time::from(ctx.now);
    let id = Id::at(now, ctx.random());
    let upload = Upload {
        id,
        key: format!("pending/{}/{id}", caller.organization_id),
        filename,
        mime_type,
        size: new.size,
        is_animated: false,
        state: UploadState::Pending,
        created_by: caller.member.clone(),
        created_at: now,
        ends_at: Some(now.plus(UNFINISHED)),
    };
    caller.tenant(table).begin_upload(&upload).await.map_err(internal)?;
    let shown = shown(&upload.mime_type, Some(&upload.filename));
    let form = files.form(&upload.key, &shown, upload.size, ctx.now, FORM_LIFE).await;
    Ok((upload, form.map_err(bucket_failed)?))
}
