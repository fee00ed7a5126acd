//! A small file comes with the request itself.
//!
//! Order of writes: the row, which goes by itself after a day, and takes the object along; the object; the
//! row, which says that the file is ready. A run that dies in between leaves nothing for good; the
//! client's second try is another file, or the same one if it has the same id.

use domain::{
    Id, Time, file_type,
    upload::{SENDABLE, UNFINISHED, Upload, UploadState},
};
use platform::{Ctx, files::Files, problem::Problem};
use sha2::{Digest, Sha256};
use store::Table;

use super::{Checked, bucket_failed, checked_type, name, shown};
use crate::{authenticate::Caller, internal};

/// The most bytes of a file that comes with a request: what Lambda takes is 6 MB, and a file
/// grows by a third on its way there.
pub const MULTIPART_LIMIT: usize = 4 * 1024 * 1024;

/// A file that comes with a request.
#[derive(Debug)]
pub struct NewFile {
    /// Its name.
    pub filename: String,
    /// Its type, as its sender calls it.
    pub mime_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Stores a file under an id that is new, or was this file's before. It is ready to be sent.
pub async fn upload_file(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Upload>,
    file: NewFile,
    ctx: &Ctx,
) -> Result<Upload, Problem> {
    let NewFile { filename, mime_type: declared, bytes } = file;
    if bytes.len() > MULTIPART_LIMIT {
        let detail = format!(
            "A file that comes with the request has at most {MULTIPART_LIMIT} bytes. Ask \
             `POST /v1/files` for a form that takes larger ones."
        );
        return Err(Problem {
            field: Some("file".into()),
            ..Problem::new(413, "too_large", detail)
        });
    }
    let filename = name(&filename)?;
    let size = bytes.len() as u64;
    let head = &bytes[..bytes.len().min(file_type::HEAD)];
    let declared = file_type::essence(&declared);
    let Checked { mime_type, is_animated } = checked_type(&declared, head, size)?;
    let now = Time::from(ctx.now);
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let key = format!("upload/{}/{id}", caller.organization_id);
    let pending = Upload {
        id,
        key,
        filename,
        mime_type,
        size,
        is_animated,
        state: UploadState::Pending,
        created_by: caller.member.clone(),
        created_at: now,
        ends_at: Some(now.plus(UNFINISHED)),
    };
    let tenant = caller.tenant(table);
    let begun = tenant.begin_upload(&pending).await.map_err(internal)?;
    if let UploadState::Ready { .. } = begun.value.state {
        return Ok(begun.value);
    }
    let shown = shown(&pending.mime_type, Some(&pending.filename));
    files.put(&pending.key, bytes, &shown, &sha256).await.map_err(bucket_failed)?;
    let state = UploadState::Ready { sha256 };
    let ready = Upload { state, ends_at: Some(now.plus(SENDABLE)), ..pending };
    // Whoever was faster wrote the same.
    tenant.finish_upload(&begun, &ready).await.map_err(internal)?;
    Ok(ready)
}
