//! Links and forms: whether their signatures, bounds and times hold, as S3 sees them (Signature
//! Version 4, in the query and in a POST policy).

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The secret of the world's only credentials.
const SECRET: &str = "test";

/// A link that holds.
pub(super) struct Link {
    pub(super) key: String,
    pub(super) content_type: Option<String>,
    pub(super) disposition: Option<String>,
}

/// A form that holds.
pub(super) struct Form {
    pub(super) key: String,
    pub(super) content_type: String,
    pub(super) disposition: String,
}

/// Reads a link; nothing if S3 would refuse it.
pub(super) fn link(url: &str, now_ms: u64) -> Option<Link> {
    let rest = url.split_once("://")?.1;
    let (host, rest) = rest.split_once('/')?;
    let (path, query) = rest.split_once('?')?;
    let pairs: Vec<(&str, &str)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let named = |name: &str| {
        let found = pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| decoded(value))
    };
    let (date, scope) = (named("X-Amz-Date")?, scope(&named("X-Amz-Credential")?)?);
    let begins = seconds(&date)?;
    let ends = begins + named("X-Amz-Expires")?.parse::<i64>().ok()?;
    let now = i64::try_from(now_ms / 1000).ok()?;
    if now >= ends || named("X-Amz-SignedHeaders")? != "host" {
        return None;
    }
    let mut signed: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    signed.sort();
    let canonical =
        format!("GET\n/{path}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", signed.join("&"));
    let hashed = hex::encode(Sha256::digest(canonical));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{hashed}", scope.join("/"));
    if signature(&scope, &to_sign) != named("X-Amz-Signature")? {
        return None;
    }
    Some(Link {
        key: decoded(path.split_once('/')?.1)?,
        content_type: named("response-content-type"),
        disposition: named("response-content-disposition"),
    })
}

/// Reads a form; the status with which S3 would refuse it.
pub(super) fn form(url: &str, fields: &Value, size: u64, now_ms: u64) -> Result<Form, u16> {
    let fields: BTreeMap<String, String> = fields
        .as_object()
        .ok_or(400_u16)?
        .iter()
        .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
        .collect();
    let field = |name: &str| fields.get(name).ok_or(403_u16);
    let scope = scope(field("x-amz-credential")?).ok_or(403_u16)?;
    if signature(&scope, field("policy")?) != *field("x-amz-signature")? {
        return Err(403);
    }
    let policy = STANDARD.decode(field("policy")?).map_err(|_| 400_u16)?;
    let policy: Value = serde_json::from_slice(&policy).map_err(|_| 400_u16)?;
    let ends: Timestamp =
        policy["expiration"].as_str().and_then(|at| at.parse().ok()).ok_or(400_u16)?;
    if i64::try_from(now_ms).unwrap_or(i64::MAX) >= ends.as_millisecond() {
        return Err(403);
    }
    let mut bound = vec!["policy".to_owned(), "x-amz-signature".to_owned()];
    for condition in policy["conditions"].as_array().ok_or(400_u16)? {
        match condition {
            Value::Object(exact) => {
                for (name, value) in exact {
                    let is = match name.as_str() {
                        "bucket" => url.rsplit('/').next(),
                        name => fields.get(&name.to_lowercase()).map(String::as_str),
                    };
                    if is != value.as_str() {
                        return Err(403);
                    }
                    bound.push(name.to_lowercase());
                }
            }
            Value::Array(range) if range[0] == "content-length-range" => {
                if !(range[1].as_u64()..=range[2].as_u64()).contains(&Some(size)) {
                    return Err(400);
                }
            }
            _ => return Err(400),
        }
    }
    if fields.keys().any(|name| !bound.contains(name)) {
        return Err(403);
    }
    Ok(Form {
        key: field("key")?.clone(),
        content_type: field("content-type")?.clone(),
        disposition: field("content-disposition")?.clone(),
    })
}

/// Day, region, service and the end of a credential's name.
fn scope(credential: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = credential.split('/').skip(1).map(str::to_owned).collect();
    (parts.len() == 4).then_some(parts)
}

fn signature(scope: &[String], text: &str) -> String {
    let key =
        scope.iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, part| keyed(&key, part));
    hex::encode(keyed(&key, text))
}

#[expect(clippy::expect_used, reason = "a failure would be the library's, not the test's")]
fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn seconds(date: &str) -> Option<i64> {
    let at = DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}
