//! Deploying infra/template.yaml as a stack, in the two steps that AWS knows: package, then create
//! or update. What did not change since the last time is not done again.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::aws_cli::AwsCli;
use super::functions::{Function, modified};
use super::instance::Instance;
use crate::host::progress::Step;

/// How long a stack may take; LocalStack starts containers.
const PATIENCE: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(300);

/// What the template is deployed with.
pub(crate) type Parameters = BTreeMap<&'static str, String>;

/// What the stack says about itself, by the template's names.
#[derive(Debug, Clone)]
pub(crate) struct Outputs(BTreeMap<String, String>);

impl Outputs {
    /// One output.
    pub(crate) fn get(&self, key: &str) -> anyhow::Result<&str> {
        self.0
            .get(key)
            .map(String::as_str)
            .with_context(|| format!("the stack has no output {key}"))
    }
}

/// What was deployed last: when all of it is equal, so is the stack.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fingerprint {
    template: String,
    parameters: BTreeMap<String, String>,
    /// Length and time of each binary.
    functions: BTreeMap<String, (u64, u128)>,
}

/// Brings the stack to what the template and the binaries say.
pub(crate) async fn run(
    instance: &Instance,
    aws: &AwsCli,
    parameters: &Parameters,
    functions: &[Function],
) -> anyhow::Result<Outputs> {
    let step = Step::begin("Deploying infra/template.yaml");
    let wanted = fingerprint(instance, parameters, functions)?;
    let stack = describe(aws, &instance.stack())?;
    // The stack is asked too: its emulator may have lost it.
    let status = stack.as_ref().and_then(|stack| stack["StackStatus"].as_str());
    let settled = matches!(status, Some("CREATE_COMPLETE" | "UPDATE_COMPLETE"));
    if settled && instance.load::<Fingerprint>("deployed.json").as_ref() == Some(&wanted) {
        step.done_with("unchanged");
        return outputs(stack.as_ref());
    }
    if status == Some("ROLLBACK_COMPLETE") {
        aws.run(&["cloudformation", "delete-stack", "--stack-name", &instance.stack()])?;
        wait(aws, &instance.stack()).await?;
    }
    let packaged = package(instance, aws)?;
    let exists = status.is_some_and(|status| status != "ROLLBACK_COMPLETE");
    let stack = apply(instance, aws, parameters, &packaged, exists).await?;
    instance.save("deployed.json", &wanted)?;
    step.done();
    outputs(Some(&stack))
}

fn fingerprint(
    instance: &Instance,
    parameters: &Parameters,
    functions: &[Function],
) -> anyhow::Result<Fingerprint> {
    let mut binaries = BTreeMap::new();
    for function in functions {
        let since = modified(&function.bootstrap)?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = fs::metadata(&function.bootstrap)?.len();
        binaries.insert(function.name.clone(), (length, since.as_nanos()));
    }
    Ok(Fingerprint {
        template: fs::read_to_string(instance.workspace().join("infra/template.yaml"))?,
        parameters: parameters
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect(),
        functions: binaries,
    })
}

/// Uploads the binaries and writes the template that points at them.
fn package(instance: &Instance, aws: &AwsCli) -> anyhow::Result<String> {
    let bucket = format!("{}-artifacts", instance.stack());
    // In this region, making a bucket that one has already is no error.
    aws.run(&["s3api", "create-bucket", "--bucket", &bucket])?;
    let template = instance.workspace().join("infra/template.yaml");
    let packaged = instance.path("packaged.yaml");
    aws.run(&[
        "cloudformation",
        "package",
        "--template-file",
        &template.to_string_lossy(),
        "--s3-bucket",
        &bucket,
        "--output-template-file",
        &packaged.to_string_lossy(),
    ])?;
    Ok(format!("file://{}", packaged.display()))
}

async fn apply(
    instance: &Instance,
    aws: &AwsCli,
    parameters: &Parameters,
    packaged: &str,
    exists: bool,
) -> anyhow::Result<Value> {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|(key, value)| json!({"ParameterKey": key, "ParameterValue": value}))
        .collect();
    let applied = aws.run(&[
        "cloudformation",
        if exists { "update-stack" } else { "create-stack" },
        "--stack-name",
        &instance.stack(),
        "--template-body",
        packaged,
        "--capabilities",
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
        "--parameters",
        &Value::from(parameters).to_string(),
    ]);
    match applied {
        Err(error) if !error.to_string().contains("No updates are to be performed") => {
            return Err(error);
        }
        _ => {}
    }
    let stack = wait(aws, &instance.stack()).await?.context("the stack is gone")?;
    match stack["StackStatus"].as_str() {
        Some("CREATE_COMPLETE" | "UPDATE_COMPLETE") => Ok(stack),
        status => bail!(
            "the stack is {}:\n{}",
            status.unwrap_or("in no known state"),
            aws.run(&[
                "cloudformation",
                "describe-stack-events",
                "--stack-name",
                &instance.stack(),
                "--query",
                "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId,ResourceStatusReason]",
                "--output",
                "text",
            ])?
        ),
    }
}

/// Waits until nothing is in progress. Nothing when the stack is gone.
async fn wait(aws: &AwsCli, name: &str) -> anyhow::Result<Option<Value>> {
    for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
        let stack = describe(aws, name)?;
        let status = stack.as_ref().and_then(|stack| stack["StackStatus"].as_str());
        if !status.is_some_and(|status| status.ends_with("IN_PROGRESS")) {
            return Ok(stack);
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("the stack is still in progress after {PATIENCE:?}")
}

/// The stack as it is, or nothing if there is none.
fn describe(aws: &AwsCli, name: &str) -> anyhow::Result<Option<Value>> {
    match aws.run(&["cloudformation", "describe-stacks", "--stack-name", name, "--output", "json"])
    {
        Ok(text) => {
            let mut answer: Value = serde_json::from_str(&text)?;
            Ok(Some(answer["Stacks"][0].take())
                .filter(|stack| stack["StackStatus"] != "DELETE_COMPLETE"))
        }
        Err(error) if error.to_string().contains("does not exist") => Ok(None),
        Err(error) => Err(error),
    }
}

fn outputs(stack: Option<&Value>) -> anyhow::Result<Outputs> {
    let listed =
        stack.and_then(|stack| stack["Outputs"].as_array()).context("the stack has no outputs")?;
    let pairs = listed.iter().filter_map(|output| {
        Some((output["OutputKey"].as_str()?.to_owned(), output["OutputValue"].as_str()?.to_owned()))
    });
    Ok(Outputs(pairs.collect()))
}
