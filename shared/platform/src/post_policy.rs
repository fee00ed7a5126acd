//! The form by which a browser or a script uploads one object straight to the bucket.
//!
//! S3 takes such a form if a policy of ours stands in it, signed with our credentials: which key,
//! which type, how many bytes, until when. A presigned PUT can't bound the length. The SDK for
//! Rust signs no policies, so it is done here: four HMACs make a key of the day, region and
//! service, a fifth signs the policy
//! (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html, whose example is the test).

use std::collections::BTreeMap;

use aws_sdk_s3::config::Credentials;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use sha2::Sha256;

/// What exactly may be uploaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) disposition: &'a str,
    pub(crate) size: u64,
    pub(crate) life: SignedDuration,
}

/// The form's fields, signed; the file itself goes behind them, as `file`.
pub(crate) fn fields(
    bounds: &Bounds<'_>,
    credentials: &Credentials,
    region: &str,
    now: Timestamp,
) -> BTreeMap<String, String> {
    let at = now.to_zoned(TimeZone::UTC);
    let day = at.strftime("%Y%m%d").to_string();
    let mut fields: BTreeMap<String, String> = [
        ("key", bounds.key.to_owned()),
        ("Content-Type", bounds.content_type.to_owned()),
        ("Content-Disposition", bounds.disposition.to_owned()),
        ("success_action_status", "201".to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-date", at.strftime("%Y%m%dT%H%M%SZ").to_string()),
        (
            "x-amz-credential",
            format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id()),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token".into(), token.to_owned());
    }
    // Every field exactly as it is given, and nothing besides.
    let mut conditions: Vec<_> =
        fields.iter().map(|(name, value)| json!({ (name.as_str()): value })).collect();
    conditions.push(json!({ "bucket": bounds.bucket }));
    conditions.push(json!(["content-length-range", bounds.size, bounds.size]));
    let ends = (now + bounds.life).to_zoned(TimeZone::UTC);
    let policy = json!({
        "expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "conditions": conditions,
    });
    let policy = STANDARD.encode(policy.to_string());
    let signature = sign(credentials.secret_access_key(), &day, region, &policy);
    fields.insert("policy".into(), policy);
    fields.insert("x-amz-signature".into(), signature);
    fields
}

fn sign(secret: &str, day: &str, region: &str, policy: &str) -> String {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day, region, "s3", "aws4_request"] {
        key = keyed(&key, part.as_bytes());
    }
    hex::encode(keyed(&key, policy.as_bytes()))
}

fn keyed(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_published_example_is_signed_as_published() {
        let policy = [
            "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",",
            "  \"conditions\": [",
            "    {\"bucket\": \"sigv4examplebucket\"},",
            "    [\"starts-with\", \"$key\", \"user/user1/\"],",
            "    {\"acl\": \"public-read\"},",
            "    {\"success_action_redirect\": \"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},",
            "    [\"starts-with\", \"$Content-Type\", \"image/\"],",
            "    {\"x-amz-meta-uuid\": \"14365123651274\"},",
            "    {\"x-amz-server-side-encryption\": \"AES256\"},",
            "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],",
            "",
            "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},",
            "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},",
            "    {\"x-amz-date\": \"20151229T000000Z\" }",
            "  ]",
            "}",
        ]
        .join("\r\n");
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let signature = sign(secret, "20151229", "us-east-1", &STANDARD.encode(policy));
        assert_eq!(signature, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn the_policy_binds_every_field() {
        let bounds = Bounds {
            bucket: "sapa",
            key: "upload/o/f",
            content_type: "image/png",
            disposition: "inline",
            size: 1234,
            life: SignedDuration::from_mins(15),
        };
        let credentials = Credentials::new("AKID", "secret", Some("token".into()), None, "test");
        let now = Timestamp::from_second(1_795_000_000).unwrap();
        let fields = fields(&bounds, &credentials, "ap-southeast-3", now);
        let policy = STANDARD.decode(&fields["policy"]).unwrap();
        let policy: Value = serde_json::from_slice(&policy).unwrap();
        assert_eq!(policy["expiration"], "2026-11-18T11:21:40Z");
        let conditions = policy["conditions"].as_array().unwrap();
        for (name, value) in &fields {
            let is_bound = conditions.contains(&json!({ (name.as_str()): value }));
            assert_eq!(is_bound, !matches!(name.as_str(), "policy" | "x-amz-signature"), "{name}");
        }
        assert!(conditions.contains(&json!(["content-length-range", 1234, 1234])));
        assert!(conditions.contains(&json!({ "bucket": "sapa" })));
        assert_eq!(fields["x-amz-security-token"], "token");
    }
}
