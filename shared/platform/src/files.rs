//! People's files in the bucket, handed out by links.
//!
//! A link works for minutes and says itself under which type and how the file is shown: whatever
//! an object's own headers are, a browser gets the type that we checked.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::presigning::PresigningConfig;
use jiff::Timestamp;

use crate::{aws::CallFailed, objects::Bucket};

/// How a browser is to treat a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Its type.
    pub mime_type: &'a str,
    /// Its name, if it has one.
    pub filename: Option<&'a str>,
    /// Whether it may be shown in place; else it is saved.
    pub is_inline: bool,
}

/// The files of a bucket.
#[derive(Debug, Clone)]
pub struct Files {
    bucket: Bucket,
}

impl Files {
    /// The files of the bucket of this name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self { bucket: Bucket::new(config, name) }
    }

    /// A link to a file that works for this long.
    pub async fn link(
        &self,
        key: &str,
        shown: &Shown<'_>,
        now: Timestamp,
        life: Duration,
    ) -> Result<String, CallFailed> {
        let times = PresigningConfig::builder().start_time(now.into()).expires_in(life).build();
        let times = times.map_err(|error| CallFailed::new("GetObject", &error))?;
        let get = self.bucket.client.get_object().bucket(&self.bucket.name).key(key);
        let signed = get
            .response_content_type(shown.mime_type)
            .response_content_disposition(disposition(shown))
            .response_cache_control("private, max-age=300")
            .presigned(times)
            .await
            .map_err(|error| CallFailed::new("GetObject", &error))?;
        Ok(signed.uri().to_owned())
    }
}

/// `Content-Disposition` (RFC 6266): the name once in ASCII, once as it is.
fn disposition(shown: &Shown<'_>) -> String {
    let how = if shown.is_inline { "inline" } else { "attachment" };
    let Some(filename) = shown.filename else { return how.to_owned() };
    let plain: String = filename
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_leave_its_place_in_the_header() {
        let shown =
            |filename, is_inline| disposition(&Shown { mime_type: "", filename, is_inline });
        assert_eq!(shown(None, true), "inline");
        assert_eq!(
            shown(Some("nota \"1\"\r\nX: é.pdf"), false),
            "attachment; filename=\"nota _1___X_ _.pdf\"; \
             filename*=UTF-8''nota%20%221%22%0D%0AX%3A%20%C3%A9.pdf"
        );
    }
}
