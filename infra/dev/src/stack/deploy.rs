//! What `up` does of a deployment: nothing, when nothing changed since the last time.

use std::collections::BTreeMap;
use std::fs;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::artifacts::Artifacts;
use super::aws_cli::AwsCli;
use super::cloud_formation::{Outputs, Parameters, Stack};
use super::functions::{Function, modified};
use super::instance::Instance;
use crate::host::progress::Step;

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
    let name = instance.stack();
    let stack = Stack { aws, name: &name };
    // The stack is asked too: its emulator may have lost it.
    let before = stack.describe()?;
    let status = before.as_ref().and_then(|stack| stack["StackStatus"].as_str());
    let is_whole = matches!(status, Some("CREATE_COMPLETE" | "UPDATE_COMPLETE"));
    if let Some(before) = before.as_ref().filter(|_| is_whole)
        && instance.load::<Fingerprint>("deployed.json").as_ref() == Some(&wanted)
    {
        step.done_with("unchanged");
        return Outputs::of(before);
    }
    let before = if is_whole { before } else { stack.settled().await? };
    let artifacts = Artifacts::ensure(aws, &name)?;
    let template = instance.workspace().join("infra/template.yaml");
    let url = artifacts.package(&template, &instance.path("packaged.yaml"))?;
    let outputs = match (stack.propose(before.as_ref(), &url, parameters).await?, before) {
        (Some(changes), _) => Outputs::of(&stack.execute(&changes).await?)?,
        (None, before) => Outputs::of(&before.unwrap_or_default())?,
    };
    instance.save("deployed.json", &wanted)?;
    step.done();
    Ok(outputs)
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
        parameters: parameters.clone(),
        functions: binaries,
    })
}
