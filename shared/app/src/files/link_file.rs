//! Links to files: short-lived, to be followed at once.

use domain::{
    Id, Time,
    message::{Content, File, Media, Message},
    room::Room,
    upload::{Upload, UploadState},
};
use platform::{Ctx, files::Files, problem::Problem};
use store::Table;

use super::{LINK_LIFE, bucket_failed, link_ends, message_file::find, shown};
use crate::{authenticate::Caller, internal};

/// A link to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is.
    pub url: String,
    /// When the link ends.
    pub expires_at: Time,
}

/// A file of a message, with a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The link.
    pub link: Link,
    /// The file's type.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// The name that its sender gave it.
    pub filename: Option<String>,
}

/// A link to one of the files of a message, counted from 0 in the order of [`Content::files`].
pub async fn link_message_file(
    table: &Table,
    files: &Files,
    caller: &Caller,
    place: (Id<Room>, Id<Message>),
    index: usize,
    ctx: &Ctx,
) -> Result<Linked, Problem> {
    let (found, _) = find(table, caller, place, ctx).await?;
    let content = &found.value.content;
    if let Content::Unsupported { raw_key, .. } = content {
        one_of(&[raw_key], index)?;
        return link_raw(files, raw_key, ctx).await;
    }
    let media = *one_of(&content.files(), index)?;
    match &media.file {
        File::Stored { key, mime_type, size, .. } => {
            let shown = shown(mime_type, media.filename.as_deref());
            let url = files.link(key, &shown, ctx.now, LINK_LIFE).await.map_err(bucket_failed)?;
            Ok(Linked {
                link: Link { url, expires_at: link_ends(ctx) },
                mime_type: mime_type.clone(),
                size: *size,
                filename: media.filename.clone(),
            })
        }
        File::Awaited { .. } => {
            let detail = "The file is on its way from the provider. Try again in a moment.";
            Err(Problem::new(409, "file_awaited", detail))
        }
        File::Failed { reason, .. } => {
            let detail = format!("The file could not be fetched from the provider: {reason}.");
            Err(Problem::new(409, "file_failed", detail))
        }
    }
}

/// The file in this place.
fn one_of<T>(files: &[T], index: usize) -> Result<&T, Problem> {
    files.get(index).ok_or_else(|| match files.len() {
        0 => Problem::not_found("file"),
        1 => Problem::field("index", "This message has one file, whose index is 0."),
        count => {
            let detail = format!("This message has {count} files: 0 to {}.", count - 1);
            Problem::field("index", detail)
        }
    })
}

/// A link to what a message was that this version can't show.
async fn link_raw(files: &Files, key: &str, ctx: &Ctx) -> Result<Linked, Problem> {
    let raw = files.bucket().get(key).await.map_err(bucket_failed)?;
    let size = raw.ok_or_else(|| Problem::not_found("file"))?.len() as u64;
    let (mime_type, filename) = ("application/json".to_owned(), Some("message.json".to_owned()));
    let shown = shown(&mime_type, filename.as_deref());
    let url = files.link(key, &shown, ctx.now, LINK_LIFE).await.map_err(bucket_failed)?;
    Ok(Linked { link: Link { url, expires_at: link_ends(ctx) }, mime_type, size, filename })
}

/// A link to a file of a message that the caller has before them, once it is here.
pub async fn link_media(files: &Files, media: &Media, ctx: &Ctx) -> Result<Option<Link>, Problem> {
    let File::Stored { key, mime_type, .. } = &media.file else { return Ok(None) };
    let shown = shown(mime_type, media.filename.as_deref());
    let url = files.link(key, &shown, ctx.now, LINK_LIFE).await.map_err(bucket_failed)?;
    Ok(Some(Link { url, expires_at: link_ends(ctx) }))
}

/// An uploaded file, with a link to it once it is ready.
pub async fn link_file(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Upload>,
    ctx: &Ctx,
) -> Result<(Upload, Option<Link>), Problem> {
    let found = caller.tenant(table).upload(id).await.map_err(internal)?;
    let now = Time::from(ctx.now);
    // The table takes away late what has ended.
    let is_there = |upload: &Upload| upload.ends_at.is_none_or(|ends| ends > now);
    let found = found.map(|row| row.value).filter(is_there);
    let upload = found.ok_or_else(|| Problem::not_found("file"))?;
    if upload.state == UploadState::Pending {
        return Ok((upload, None));
    }
    let shown = shown(&upload.mime_type, Some(&upload.filename));
    let url = files.link(&upload.key, &shown, ctx.now, LINK_LIFE).await.map_err(bucket_failed)?;
    Ok((upload, Some(Link { url, expires_at: link_ends(ctx) })))
}
