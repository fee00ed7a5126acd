//! A small file comes with the request itself.
//!
//! Order of writes: the object, then the row. A run that dies in between leaves bytes that no
//! row names; the client's second try is another file, or the same one if it has the same id.

use domain::{
    Id, Time, file_type,
    upload::{SENDABLE, Upload, UploadState},
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
    let put = files.put(&key, bytes, &shown(&mime_type, Some(&filename)), &sha256).await;
    put.map_err(bucket_failed)?;
    let upload = Upload {
        id,
        key,
        filename,
        mime_type: mime_type.clone(),
        size,
        is_animated,
        state: UploadState::Ready { sha256 },
        created_by: caller.member.clone(),
        created_at: now,
        ends_at: Some(now.plus(SENDABLE)),
    };
    caller.tenant(table).begin_upload(&upload).await.map_err(internal)?;
    Ok(upload)
}
