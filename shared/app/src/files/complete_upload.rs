//! An uploaded file is looked at and made ready to be sent.
//!
//! Order of writes: the copy, then the row. Both follow from the upload and its bytes, so a second
//! call after a death in between does the same again; once the row says that it is ready, there is
//! nothing left to do. The copy's name has the hash of what was looked at: two calls that looked at
//! different bytes, because the form was used between them, make two copies, and the row that wins
//! names its own.

use domain::{
    Id, Time, file_type,
    upload::{SENDABLE, Upload, UploadState},
};
use platform::{Ctx, files::Files, problem::Problem};
use store::{Finished, Table};

use super::{Checked, bucket_failed, checked_type, shown};
use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Makes a file ready whose bytes have arrived.
pub async fn complete_upload(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Upload>,
    ctx: &Ctx,
) -> Result<Upload, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let old = tenant.upload(id).await.map_err(internal)?;
        let old = old.ok_or_else(|| Problem::not_found("file"))?;
        if old.value.state != UploadState::Pending {
            return Ok(old.value);
        }
        let pending = &old.value;
        let examined = files.examine(&pending.key, file_type::HEAD).await;
        let examined = examined.map_err(bucket_failed)?.ok_or_else(not_there)?;
        let Checked { mime_type, is_animated } =
            checked_type(&pending.mime_type, &examined.head, examined.size)?;
        let key = format!("upload/{}/{id}/{}", caller.organization_id, examined.sha256);
        let shown = shown(&mime_type, Some(&pending.filename));
        let copied = files.copy(&pending.key, &examined, &key, &shown).await;
        if !copied.map_err(bucket_failed)? {
            // It was uploaded once more meanwhile: what was looked at is not what is there.
            continue;
        }
        let ready = Upload {
            key,
            size: examined.size,
            state: UploadState::Ready { sha256: examined.sha256 },
            ends_at: Some(Time::from(ctx.now).plus(SENDABLE)),
            mime_type: mime_type.clone(),
            is_animated,
            ..pending.clone()
        };
        if let Finished::Done = tenant.finish_upload(&old, &ready).await.map_err(internal)? {
            return Ok(ready);
        }
    }
    Err(Problem::new(409, "conflict", "The file is being uploaded at the same time. Try again."))
}

fn not_there() -> Problem {
    let detail = "The file's bytes have not arrived: post them with the upload's form first.";
    Problem::new(409, "not_uploaded", detail)
}
