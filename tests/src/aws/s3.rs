//! S3: objects by key, links that are followed and forms that are posted.
//!
//! Links and forms are held to their signatures, bounds and times as S3 holds them: what they
//! promise to keep out must stay out here.

mod signed;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Answer;

/// A request's headers, names in lower case.
pub type Headers = BTreeMap<String, String>;

/// One bucket's objects.
#[derive(Debug, Default)]
pub struct S3 {
    objects: BTreeMap<String, Object>,
}

/// An object and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Content-Disposition`.
    pub disposition: String,
}

/// What a browser gets that follows a link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Disposition`.
    pub disposition: String,
    /// The bytes.
    pub body: Vec<u8>,
}

impl S3 {
    /// Serves one call; `path` is `/{bucket}/{key}`.
    pub fn call(&mut self, method: &str, path: &str, headers: &Headers, body: &[u8]) -> Answer {
        let key = key_of(path);
        match method {
            "PUT" => match headers.get("x-amz-copy-source") {
                Some(source) => self.copy(source, key, headers),
                None => self.put(key, headers, unchunked(body)),
            },
            "DELETE" => {
                self.objects.remove(key);
                Answer { status: 204, body: Vec::new() }
            }
            _ if path.contains("list-type=2") => self.list(path),
            _ => match self.objects.get(key) {
                Some(object) => Answer::ok(object.bytes.clone()),
                None => error(404, "NoSuchKey"),
            },
        }
    }

    /// The first keys that begin like this and come after another; `path` has the query.
    fn list(&self, path: &str) -> Answer {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let asked: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let of = |name: &str| asked.get(name).map_or("", |value| &**value);
        let (prefix, after) = (of("prefix"), of("start-after"));
        let most = of("max-keys").parse().unwrap_or(1000);
        let keys =
            self.objects.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
        let keys = keys.take(most);
        let contents: String =
            keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        Answer::ok(format!("<ListBucketResult>{contents}</ListBucketResult>"))
    }

    fn put(&mut self, key: &str, headers: &Headers, bytes: Vec<u8>) -> Answer {
        let promised = headers.get("x-amz-checksum-sha256");
        if promised.is_some_and(|promised| *promised != STANDARD.encode(Sha256::digest(&bytes))) {
            return error(400, "BadDigest");
        }
        self.objects.insert(key.to_owned(), object(headers, bytes));
        Answer::ok("")
    }

    fn copy(&mut self, source: &str, key: &str, headers: &Headers) -> Answer {
        let from = source.trim_start_matches('/').split_once('/').map_or("", |(_, key)| key);
        let Some(found) = self.objects.get(from) else { return error(404, "NoSuchKey") };
        let tag = tag(&found.bytes);
        if headers.get("x-amz-copy-source-if-match").is_some_and(|wanted| *wanted != tag) {
            return error(412, "PreconditionFailed");
        }
        let copied = object(headers, found.bytes.clone());
        self.objects.insert(key.to_owned(), copied);
        Answer::ok(format!("<CopyObjectResult><ETag>{tag}</ETag></CopyObjectResult>"))
    }

    /// Serves a browser that follows a link at this time.
    pub fn open(&self, url: &str, now_ms: u64) -> Served {
        let Some(link) = signed::link(url, now_ms) else {
            return Served { status: 403, ..Served::default() };
        };
        match self.objects.get(&link.key) {
            None => Served { status: 404, ..Served::default() },
            Some(object) => Served {
                status: 200,
                content_type: link.content_type.unwrap_or_else(|| object.content_type.clone()),
                disposition: link.disposition.unwrap_or_else(|| object.disposition.clone()),
                body: object.bytes.clone(),
            },
        }
    }

    /// Takes a form that is posted at this time; the HTTP status.
    pub fn post(&mut self, url: &str, fields: &Value, file: &[u8], now_ms: u64) -> u16 {
        match signed::form(url, fields, file.len() as u64, now_ms) {
            Err(refused) => refused,
            Ok(form) => {
                let object = Object {
                    bytes: file.to_vec(),
                    content_type: form.content_type,
                    disposition: form.disposition,
                };
                self.objects.insert(form.key, object);
                201
            }
        }
    }

    /// What tells an object from another under the same key.
    pub fn tag(&self, path: &str) -> Option<String> {
        self.objects.get(key_of(path)).map(|object| tag(&object.bytes))
    }

    /// An object, for checks.
    pub fn object(&self, key: &str) -> Option<&[u8]> {
        self.objects.get(key).map(|object| object.bytes.as_slice())
    }

    /// An object with what is known of it, for checks.
    pub fn known(&self, key: &str) -> Option<&Object> {
        self.objects.get(key)
    }

    /// Puts an object there, for stories that begin with one.
    pub fn place(&mut self, key: &str, bytes: &[u8]) {
        self.objects.insert(key.to_owned(), object(&Headers::new(), bytes.to_vec()));
    }

    /// All keys, for checks.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }
}

fn key_of(path: &str) -> &str {
    path.splitn(3, '/').nth(2).unwrap_or_default()
}

fn object(headers: &Headers, bytes: Vec<u8>) -> Object {
    let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
    Object {
        bytes,
        content_type: header("content-type"),
        disposition: header("content-disposition"),
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]))
}

fn error(status: u16, code: &str) -> Answer {
    let body = format!("<Error><Code>{code}</Code><Message>none</Message></Error>");
    Answer { status, body: body.into_bytes() }
}

/// The SDK sends objects in chunks with a checksum behind them (`aws-chunked`).
fn unchunked(body: &[u8]) -> Vec<u8> {
    let mut rest = body;
    let mut object = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") else {
            return body.to_vec();
        };
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|line| line.split(';').next());
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()) else {
            return body.to_vec();
        };
        let data = &rest[end + 2..];
        if size == 0 {
            return object;
        }
        if data.len() < size + 2 {
            return body.to_vec();
        }
        object.extend_from_slice(&data[..size]);
        rest = &data[size + 2..];
    }
}
