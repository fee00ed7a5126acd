//! S3: objects by key.

use std::collections::BTreeMap;

use super::Answer;

/// One bucket's objects.
#[derive(Debug, Default)]
pub struct S3 {
    objects: BTreeMap<String, Vec<u8>>,
}

impl S3 {
    /// Serves one call; `path` is `/{bucket}/{key}`.
    pub fn call(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        let key = path.splitn(3, '/').nth(2).unwrap_or_default();
        match method {
            "PUT" => {
                self.objects.insert(key.to_owned(), unchunked(body));
                Answer::ok("")
            }
            _ => match self.objects.get(key) {
                Some(object) => Answer::ok(object.clone()),
                None => Answer {
                    status: 404,
                    body: b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>".to_vec(),
                },
            },
        }
    }

    /// An object, for checks.
    pub fn object(&self, key: &str) -> Option<&[u8]> {
        self.objects.get(key).map(Vec::as_slice)
    }

    /// All keys, for checks.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }
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
