//! People's files in the bucket: stored with what is known of them, handed out by links, taken in
//! by forms.
//!
//! A link works for minutes and says itself under which type and how the file is shown: whatever
//! an object's own headers are, a browser gets the type that we checked.

use std::{collections::BTreeMap, time::Duration};

use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{
    config::{Builder, ProvideCredentials, SharedCredentialsProvider},
    error::{ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::MetadataDirective,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{
    aws::CallFailed,
    objects::Bucket,
    post_policy::{self, Bounds},
};

/// The most characters of a file's name that a browser is told.
const MAX_FILENAME: usize = 240;

/// How long a large object may take on its way into the bucket: 100 MB at 5 MB a second.
const PUT_ATTEMPT: Duration = Duration::from_secs(20);
const PUT: Duration = Duration::from_secs(45);

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

/// A form that uploads one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is posted, as `multipart/form-data`.
    pub url: String,
    /// Its fields, which go before the file.
    pub fields: BTreeMap<String, String>,
}

/// What an object turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256 in hex.
    pub sha256: String,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// What tells it from another object under the same key.
    pub tag: String,
}

/// The files of a bucket.
#[derive(Debug, Clone)]
pub struct Files {
    bucket: Bucket,
    credentials: Option<SharedCredentialsProvider>,
    region: Option<Region>,
}

impl Files {
    /// The files of the bucket of this name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            bucket: Bucket::new(config, name),
            credentials: config.credentials_provider(),
            region: config.region().cloned(),
        }
    }

    /// The bucket that they lie in.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// Writes a file under the SHA-256 (hex) that its bytes were checked against: S3 checks it
    /// once more and keeps it. The same key and file may be written again.
    pub async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        shown: &Shown<'_>,
        sha256: &str,
    ) -> Result<(), CallFailed> {
        let sha256 =
            hex::decode(sha256).map_err(|error| CallFailed::unanswered("PutObject", &error))?;
        let put = self.bucket.client.put_object().bucket(&self.bucket.name).key(key);
        put.content_type(shown.mime_type)
            .content_disposition(disposition(shown))
            .checksum_sha256(STANDARD.encode(sha256))
            .body(ByteStream::from(bytes))
            .customize()
            .config_override(Builder::default().timeout_config(patience()))
            .send()
            .await
            .map(drop)
            .map_err(|error| CallFailed::new("PutObject", &error))
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
        let times = times.map_err(|error| CallFailed::unanswered("GetObject", &error))?;
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

    /// A form that uploads exactly so many bytes of this type under this key.
    pub async fn form(
        &self,
        key: &str,
        shown: &Shown<'_>,
        size: u64,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<Form, CallFailed> {
        let provider = self.credentials.as_ref().ok_or_else(|| missing("credentials"))?;
        let credentials = provider.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| CallFailed::unanswered("PostObject", &error))?;
        let region = self.region.as_ref().ok_or_else(|| missing("region"))?;
        let disposition = disposition(shown);
        let bounds = Bounds {
            bucket: &self.bucket.name,
            key,
            content_type: shown.mime_type,
            disposition: &disposition,
            size,
            life,
        };
        let fields = post_policy::fields(&bounds, &credentials, region.as_ref(), now);
        // The SDK knows where the bucket is; an address of an object tells.
        let place = self.link(key, shown, now, Duration::from_secs(60)).await?;
        let url = place.split('?').next().and_then(|place| place.strip_suffix(key));
        let url = url.ok_or_else(|| missing("bucket's address"))?;
        Ok(Form { url: url.trim_end_matches('/').to_owned(), fields })
    }

    /// Copies an object, if it is still the one that was examined; `false` if it is not.
    pub async fn copy(
        &self,
        from: &str,
        examined: &Examined,
        to: &str,
        shown: &Shown<'_>,
    ) -> Result<bool, CallFailed> {
        let copy = self.bucket.client.copy_object().bucket(&self.bucket.name).key(to);
        let copied = copy
            .copy_source(format!("{}/{from}", self.bucket.name))
            .copy_source_if_match(&examined.tag)
            .metadata_directive(MetadataDirective::Replace)
            .content_type(shown.mime_type)
            .content_disposition(disposition(shown))
            .customize()
            .config_override(Builder::default().timeout_config(patience()))
            .send()
            .await;
        match copied {
            Ok(_) => Ok(true),
            Err(error) => match code(&error) {
                Some("PreconditionFailed" | "NoSuchKey") => Ok(false),
                Some(_) | None => Err(CallFailed::new("CopyObject", &error)),
            },
        }
    }

    /// Reads an object once, from end to end, holding only its first `head` bytes; nothing if
    /// there is none.
    pub async fn examine(&self, key: &str, head: usize) -> Result<Option<Examined>, CallFailed> {
        let get = self.bucket.client.get_object().bucket(&self.bucket.name).key(key);
        let (mut body, tag) = match get.send().await {
            Ok(got) => (got.body, got.e_tag.unwrap_or_default()),
            Err(error) if code(&error) == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(CallFailed::new("GetObject", &error)),
        };
        let (mut hash, mut first, mut size) = (Sha256::new(), Vec::new(), 0);
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| CallFailed::unanswered("GetObject", &error))?;
            hash.update(&chunk);
            let wanted = head.saturating_sub(first.len()).min(chunk.len());
            first.extend_from_slice(&chunk[..wanted]);
            size += chunk.len() as u64;
        }
        Ok(Some(Examined { size, sha256: hex::encode(hash.finalize()), head: first, tag }))
    }
}

fn code<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

fn patience() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(PUT_ATTEMPT).operation_timeout(PUT).build()
}

fn missing(what: &'static str) -> CallFailed {
    CallFailed::unanswered("PostObject", &std::io::Error::other(format!("no {what}")))
}

/// `Content-Disposition` (RFC 6266): the name once in ASCII, once as it is.
fn disposition(shown: &Shown<'_>) -> String {
    let how = if shown.is_inline { "inline" } else { "attachment" };
    let Some(filename) = shown.filename else { return how.to_owned() };
    // A sender's name may be long; S3 takes 8 KB of headers, and each character may be 12 bytes.
    let filename: String = filename.chars().take(MAX_FILENAME).collect();
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
