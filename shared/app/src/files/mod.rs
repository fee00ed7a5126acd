//! Files that agents see and send.
//!
//! An upload goes straight into the bucket, below `pending/`, from where it vanishes after a day.
//! Completing it looks at every byte and copies what was looked at to `upload/`: what is sent is
//! what was checked, whatever the form is used for meanwhile.

mod begin_upload;
mod complete_upload;
mod link_file;
mod message_file;
mod upload_file;

use std::time::Duration;

use channels::whatsapp::limits::file_limit;
use domain::{Time, file_type};
use jiff::SignedDuration;
use platform::{Ctx, aws::CallFailed, files::Shown, problem::Problem};

pub use begin_upload::{NewUpload, begin_upload};
pub use complete_upload::complete_upload;
pub use link_file::{Link, Linked, link_file, link_media, link_message_file};
pub use message_file::fetch_again;
pub use upload_file::{MULTIPART_LIMIT, NewFile, upload_file};

/// How long a link to a file works.
const LINK_LIFE: Duration = Duration::from_secs(300);
/// How long a form takes its file.
const FORM_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// The most characters of a file's name.
const NAME_LIMIT: usize = 240;

/// A file's name, as long as it may be and in one line.
fn name(filename: &str) -> Result<String, Problem> {
    let filename = filename.trim();
    if filename.is_empty() || filename.chars().count() > NAME_LIMIT {
        let detail = format!("A file's name has 1 to {NAME_LIMIT} characters.");
        return Err(Problem::field("filename", detail));
    }
    if filename.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        return Err(Problem::field("filename", "A file's name is one line without slashes."));
    }
    Ok(filename.to_owned())
}

/// The most bytes that a file of this type may have. Before its bytes were seen, a picture may be one
/// that moves.
fn limit_of(mime_type: &str, is_animated: bool) -> Result<u64, Problem> {
    file_limit(mime_type, is_animated).ok_or_else(|| {
        let detail = format!("Files of the type {mime_type} can't be sent to customers.");
        Problem::field("mime_type", detail)
    })
}

/// Refuses a file that is empty or larger than its type may be.
fn check_size(mime_type: &str, is_animated: bool, size: u64) -> Result<(), Problem> {
    let most = limit_of(mime_type, is_animated)?;
    if size == 0 || size > most {
        let detail = format!("A file of the type {mime_type} has 1 to {most} bytes.");
        return Err(Problem::field("size", detail));
    }
    Ok(())
}

/// What a file is, by its bytes.
struct Checked {
    mime_type: String,
    is_animated: bool,
}

/// What a file's bytes are, if so many of them can be sent.
fn checked_type(declared: &str, head: &[u8], size: u64) -> Result<Checked, Problem> {
    let (kept, is_animated) = (file_type::kept_as(declared, head), file_type::is_animated(head));
    if file_limit(&kept, is_animated).is_none() {
        let detail = format!("The file calls itself {declared}, its bytes do not ({kept}).");
        return Err(Problem::new(422, "wrong_type", detail));
    }
    check_size(&kept, is_animated, size)?;
    Ok(Checked { mime_type: kept, is_animated })
}

fn shown<'a>(mime_type: &'a str, filename: Option<&'a str>) -> Shown<'a> {
    Shown { mime_type, filename, is_inline: file_type::is_inline(mime_type) }
}

/// When a link that is made now ends.
fn link_ends(ctx: &Ctx) -> Time {
    Time::from(ctx.now).plus(SignedDuration::try_from(LINK_LIFE).unwrap_or_default())
}

/// A failure of the bucket is not the client's business; the log has it.
fn bucket_failed(error: CallFailed) -> Problem {
    tracing::error!(%error, "the bucket failed");
    error.told()
}
