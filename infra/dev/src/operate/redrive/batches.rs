//! Batches of the table's stream that a mapping gave up, and that lie in the bucket.
//!
//! Lambda writes one object for each, below `aws/lambda/`: what failed, and as `payload` the whole
//! event, as text
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>). `relay` writes such
//! objects of records that it can't read; they name it without an ARN. The function is
//! invoked with that event, and the object deleted once it has succeeded. They go in the order in
//! which their records were written.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use aws_config::SdkConfig;
use aws_sdk_s3::{Client, error::ProvideErrorMetadata};
use serde_json::Value;

use crate::stack::aws_cli::AwsCli;
use crate::stack::target::text;

/// Where Lambda writes them.
const PREFIX: &str = "aws/lambda/";

/// All batches in a bucket.
#[derive(Debug)]
pub(super) struct Batches(Vec<Batch>);

/// One batch.
#[derive(Debug)]
pub(super) struct Batch {
    /// The object's key.
    pub(super) key: String,
    bucket: String,
    /// What it holds, or why that can't be replayed.
    given_up: Result<GivenUp, String>,
}

/// What a mapping gave up.
#[derive(Debug, PartialEq, Eq)]
struct GivenUp {
    /// The function's name.
    function: String,
    /// When its first record was written, as text that sorts.
    since: String,
    /// The event.
    event: String,
    /// How many records it has.
    records: usize,
}

impl Batches {
    /// Reads what there is.
    pub(super) async fn find(aws: &SdkConfig, bucket: String) -> anyhow::Result<Self> {
        let client = Client::new(aws);
        let mut batches = Vec::new();
        let mut pages =
            client.list_objects_v2().bucket(&bucket).prefix(PREFIX).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed("ListObjectsV2", error))?;
            for key in page.contents.unwrap_or_default().into_iter().filter_map(|one| one.key) {
                let object = client.get_object().bucket(&bucket).key(&key).send().await;
                let object = object.map_err(|error| failed("GetObject", error))?;
                let bytes = object.body.collect().await.context("reading a batch")?.into_bytes();
                let given_up = given_up(&bytes);
                batches.push(Batch { key, bucket: bucket.clone(), given_up });
            }
        }
        batches.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok(Self(batches))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many there are, and since when.
    pub(super) fn describe(&self) -> String {
        let first = self.0.iter().find_map(|batch| batch.given_up.as_ref().ok());
        let since = first.map(|one| format!(", the first of {}", one.since)).unwrap_or_default();
        format!("{} batches{since}", self.0.len())
    }

    /// Each of them, the oldest first.
    pub(super) fn each(&self) -> impl Iterator<Item = &Batch> {
        self.0.iter()
    }
}

impl Batch {
    fn order(&self) -> (&str, &str) {
        (self.given_up.as_ref().map(|one| one.since.as_str()).unwrap_or_default(), &self.key)
    }

    /// Hands the batch to its function, and deletes it once that has succeeded.
    pub(super) async fn replay(&self, cli: &AwsCli, aws: &SdkConfig) -> anyhow::Result<String> {
        let given_up = match &self.given_up {
            Ok(given_up) => given_up,
            Err(why) => bail!("{why}"),
        };
        invoke(cli, given_up)?;
        let client = Client::new(aws);
        let deleted = client.delete_object().bucket(&self.bucket).key(&self.key).send().await;
        deleted.map_err(|error| failed("DeleteObject", error))?;
        Ok(format!("{} took {} records", given_up.function, given_up.records))
    }
}

/// Runs a function once. The command line takes and gives events as files: in a folder that is
/// ours alone, because they hold what customers wrote.
fn invoke(cli: &AwsCli, given_up: &GivenUp) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("sapa-redrive-{}", std::process::id()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    let invoked = invoke_in(&folder, cli, given_up);
    fs::remove_dir_all(&folder)?;
    let (told, answer) = invoked?;
    check(&told, &answer)
}

fn invoke_in(folder: &Path, cli: &AwsCli, given_up: &GivenUp) -> anyhow::Result<(Value, String)> {
    let (event, answer) = (folder.join("event.json"), folder.join("answer.json"));
    fs::write(&event, &given_up.event)?;
    let told = cli.json(&[
        "lambda",
        "invoke",
        "--function-name",
        &given_up.function,
        "--payload",
        &format!("fileb://{}", event.display()),
        &answer.to_string_lossy(),
    ])?;
    Ok((told, fs::read_to_string(&answer)?))
}

/// Whether a function did all of a batch.
fn check(told: &Value, answer: &str) -> anyhow::Result<()> {
    ensure!(told["FunctionError"].is_null(), "the function failed: {}", answer.trim());
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let left = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
    ensure!(left == 0, "the function did not do all of it");
    Ok(())
}

/// Reads what a mapping wrote.
fn given_up(bytes: &[u8]) -> Result<GivenUp, String> {
    let record: Value = serde_json::from_slice(bytes).map_err(|_| "it is no JSON".to_owned())?;
    let context = &record["requestContext"];
    // arn:aws:lambda:region:account:function:name, and perhaps a version.
    let named = text(context, "functionArn").split(':').nth(6);
    let function = named.or_else(|| context["functionName"].as_str());
    let function = function.ok_or("it names no function")?.to_owned();
    let payload = &record["payload"];
    let event = match payload.as_str() {
        Some(text) => text.to_owned(),
        None if payload.is_object() => payload.to_string(),
        None => return Err("it has no payload: its records are in the stream alone".to_owned()),
    };
    let read: Value =
        serde_json::from_str(&event).map_err(|_| "its payload is no event".to_owned())?;
    let records = read["Records"].as_array().map_or(0, Vec::len);
    if records == 0 {
        return Err("its payload is no event of the stream".to_owned());
    }
    let since = text(&record["DDBStreamBatchInfo"], "approximateArrivalOfFirstRecord").to_owned();
    Ok(GivenUp { function, since, event, records })
}

fn failed(
    operation: &'static str,
    error: impl std::error::Error + ProvideErrorMetadata + 'static,
) -> anyhow::Error {
    platform::aws::CallFailed::new(operation, &error).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(payload: Value) -> Vec<u8> {
        json!({
            "requestContext": {
                "functionArn": "arn:aws:lambda:ap-southeast-3:123456789012:function:sapa-relay",
                "condition": "RecordAgeExceeded",
            },
            "DDBStreamBatchInfo": { "approximateArrivalOfFirstRecord": "2026-11-22T10:00:00Z" },
            "payload": payload,
        })
        .to_string()
        .into_bytes()
    }

    #[test]
    fn a_batch_names_its_function_and_brings_the_event() {
        let event = json!({ "Records": [{}, {}] });
        for payload in [event.clone(), Value::from(event.to_string())] {
            let found = given_up(&record(payload)).unwrap();
            assert_eq!((found.function.as_str(), found.records), ("sapa-relay", 2));
            assert_eq!(found.since, "2026-11-22T10:00:00Z");
            assert_eq!(serde_json::from_str::<Value>(&found.event).unwrap(), event);
        }
    }

    #[test]
    fn what_relay_could_not_read_names_it() {
        let record = json!({
            "requestContext": { "functionName": "sapa-relay" },
            "payload": { "Records": [{}] },
        });
        assert_eq!(given_up(record.to_string().as_bytes()).unwrap().function, "sapa-relay");
    }

    #[test]
    fn what_can_not_be_replayed_says_why() {
        let wrong = |payload| given_up(&record(payload)).unwrap_err();
        assert!(wrong(Value::Null).contains("no payload"));
        assert!(wrong(json!("{")).contains("no event"));
        assert!(wrong(json!({ "Records": [] })).contains("of the stream"));
        assert!(given_up(b"{}").unwrap_err().contains("names no function"));
        assert!(given_up(b"").unwrap_err().contains("no JSON"));
    }

    #[test]
    fn a_batch_is_done_only_when_the_function_did_all_of_it() {
        assert!(check(&json!({ "StatusCode": 200 }), "{\"batchItemFailures\":[]}").is_ok());
        assert!(check(&json!({ "StatusCode": 200 }), "null").is_ok());
        let failures = "{\"batchItemFailures\":[{\"itemIdentifier\":\"1\"}]}";
        assert!(check(&json!({ "StatusCode": 200 }), failures).is_err());
        assert!(check(&json!({ "FunctionError": "Unhandled" }), "{}").is_err());
    }
}
