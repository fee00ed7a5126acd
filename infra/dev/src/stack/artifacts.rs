//! Where what is deployed lies until it is: a private bucket beside the stack, made when it is
//! missing.
//!
//! Each file is named by the hash of its bytes, so a version that is deployed is never written
//! over, and what is there already is not uploaded again.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::aws_cli::{AwsCli, Place, REGION};
use super::target::text;

/// A bucket for what is deployed.
#[derive(Debug)]
pub(crate) struct Artifacts<'a> {
    aws: &'a AwsCli,
    bucket: String,
    /// Everything before the bucket in an address that CloudFormation can read from.
    base: String,
}

impl<'a> Artifacts<'a> {
    /// The bucket of a stack.
    pub(crate) fn ensure(aws: &'a AwsCli, stack: &str) -> anyhow::Result<Self> {
        match aws.place() {
            Place::Emulator { endpoint } => {
                let bucket = format!("{stack}-artifacts");
                // In this region, making a bucket that one has already is no error.
                aws.run(&["s3api", "create-bucket", "--bucket", &bucket])?;
                Ok(Self { aws, bucket, base: endpoint.clone() })
            }
            Place::Account { .. } => Self::ensure_on_aws(aws, stack),
        }
    }

    fn ensure_on_aws(aws: &'a AwsCli, stack: &str) -> anyhow::Result<Self> {
        let region = aws.region()?;
        let caller = aws.json(&["sts", "get-caller-identity"])?;
        let account = text(&caller, "Account");
        // The whole world's buckets share their names.
        let bucket = format!("{stack}-artifacts-{account}-{region}");
        let owner = ["--expected-bucket-owner", account];
        let on_bucket = |call: &str, more: &[&str]| {
            let arguments = [&["s3api", call, "--bucket", bucket.as_str()], &owner[..], more];
            aws.run(&arguments.concat())
        };
        if on_bucket("head-bucket", &[]).is_err() {
            let place = format!("LocationConstraint={region}");
            let mut make = vec!["s3api", "create-bucket", "--bucket", bucket.as_str()];
            if region != REGION {
                make.extend(["--create-bucket-configuration", &place]);
            }
            aws.run(&make)?;
        }
        // Each time: a run that broke off may have made the bucket and no more.
        on_bucket(
            "put-public-access-block",
            &[
                "--public-access-block-configuration",
                "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ],
        )?;
        let encryption = json!({ "Rules": [
            { "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } },
        ]});
        on_bucket(
            "put-bucket-encryption",
            &["--server-side-encryption-configuration", &encryption.to_string()],
        )?;
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Ok(Self { aws, bucket, base: format!("https://s3.{region}.{suffix}") })
    }

    /// Uploads what a template refers to, and the template that points there; where it is then.
    pub(crate) fn package(&self, template: &Path, packaged: &Path) -> anyhow::Result<String> {
        self.aws.run(&[
            "cloudformation",
            "package",
            "--template-file",
            &template.to_string_lossy(),
            "--s3-bucket",
            &self.bucket,
            "--output-template-file",
            &packaged.to_string_lossy(),
        ])?;
        let bytes = fs::read(packaged).context("reading the packaged template")?;
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
        ensure!(bytes.len() <= 1_000_000, "CloudFormation takes templates of at most 1 MB");
        let key = format!("{}.template.yaml", hex::encode(Sha256::digest(&bytes)));
        self.aws.run(&[
            "s3api",
            "put-object",
            "--bucket",
            &self.bucket,
            "--key",
            &key,
            "--body",
            &packaged.to_string_lossy(),
        ])?;
        Ok(format!("{}/{}/{key}", self.base, self.bucket))
    }
}
