//! Which deployed stack a command is about, and what it consists of.

use anyhow::{Context, bail};
use serde_json::Value;

use super::aws_cli::{AwsCli, Place};
use super::cloud_formation::{Outputs, Stack};
use super::{emulator, instance::Instance};
use crate::cli::Where;
use crate::host::{prerequisites, python::Venv};

/// The stack's name where none is given.
const STACK: &str = "sapa";

/// A stack, and how to talk to where it is.
#[derive(Debug)]
pub(crate) struct Target {
    /// The command line for its place.
    pub(crate) aws: AwsCli,
    /// Its name, with which those of its functions and queues begin.
    pub(crate) stack: String,
}

impl Target {
    /// The stack that was named; else the one that `up` deployed here.
    pub(crate) fn of(instance: &Instance, at: &Where) -> anyhow::Result<Self> {
        let Some(place) = place(at) else { return Self::local(instance) };
        let stack = at.stack.clone().unwrap_or_else(|| STACK.to_owned());
        Ok(Self { aws: AwsCli::new(&venv(instance)?, place), stack })
    }

    /// The stack that was named, on AWS if nothing is said of where.
    pub(crate) fn to_deploy(instance: &Instance, at: &Where) -> anyhow::Result<Self> {
        let place = place(at).unwrap_or(Place::Account { profile: None, region: None });
        let stack = at.stack.clone().unwrap_or_else(|| STACK.to_owned());
        Ok(Self { aws: AwsCli::new(&venv(instance)?, place), stack })
    }

    fn local(instance: &Instance) -> anyhow::Result<Self> {
        let state = instance.state();
        let endpoint = match (state.endpoint, state.emulator, state.emulator_port) {
            (Some(endpoint), ..) => endpoint,
            (None, Some(process), Some(port)) if process.is_alive() => emulator::url(port),
            (None, ..) => bail!(
                "nothing runs here: start it with `cargo dev up --detach`, or name a stack on AWS \
                 (--stack)"
            ),
        };
        let aws = AwsCli::new(&venv(instance)?, Place::Emulator { endpoint });
        Ok(Self { aws, stack: state.stack })
    }

    /// What the stack says about itself.
    pub(crate) fn outputs(&self) -> anyhow::Result<Outputs> {
        let stack = Stack { aws: &self.aws, name: &self.stack }.describe()?;
        let stack = stack.with_context(|| format!("there is no stack {}", self.stack))?;
        Outputs::of(&stack)
    }

    /// The names that AWS has for the stack's resources of this kind.
    pub(crate) fn resources(&self, kind: &str) -> anyhow::Result<Vec<String>> {
        let listed = self.aws.json(&[
            "cloudformation",
            "list-stack-resources",
            "--stack-name",
            &self.stack,
        ])?;
        let listed = listed["StackResourceSummaries"].as_array().cloned().unwrap_or_default();
        let of_kind = listed.iter().filter(|resource| resource["ResourceType"] == kind);
        Ok(of_kind
            .filter_map(|resource| resource["PhysicalResourceId"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// A resource's name as people say it: without the stack's, and without what came before.
    pub(crate) fn short_name<'a>(&self, name: &'a str) -> &'a str {
        let last = name.rsplit('/').next().unwrap_or(name);
        let own = last.strip_prefix(self.stack.as_str()).and_then(|rest| rest.strip_prefix('-'));
        own.unwrap_or(last).trim_end_matches(".fifo")
    }
}

/// Text of a field, or nothing.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn place(at: &Where) -> Option<Place> {
    if let Some(endpoint) = &at.endpoint {
        return Some(Place::Emulator { endpoint: endpoint.trim_end_matches('/').to_owned() });
    }
    let is_said = at.stack.is_some() || at.region.is_some() || at.profile.is_some();
    is_said.then(|| Place::Account { profile: at.profile.clone(), region: at.region.clone() })
}

/// The Python packages that talk to AWS.
pub(crate) fn venv(instance: &Instance) -> anyhow::Result<Venv> {
    prerequisites::check()?;
    let workspace = instance.workspace();
    Venv::ensure(&workspace.join("target/dev/venv"), &workspace.join("infra/requirements.txt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_here_and_an_endpoint_is_no_account() {
        assert_eq!(place(&Where::default()), None);
        let stack = Where { stack: Some("sapa".into()), ..Where::default() };
        assert_eq!(place(&stack), Some(Place::Account { profile: None, region: None }));
        let endpoint = Where { endpoint: Some("http://localhost:4566/".into()), ..stack };
        let emulator = Place::Emulator { endpoint: "http://localhost:4566".into() };
        assert_eq!(place(&endpoint), Some(emulator));
    }
}
