//! One stack of CloudFormation: proposed as a set of changes, looked at, then carried out.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::aws_cli::{AwsCli, Place};
use super::target::text;

/// What the template is deployed with.
pub(crate) type Parameters = BTreeMap<String, String>;

/// What the stack says about itself, by the template's names.
#[derive(Debug, Clone)]
pub(crate) struct Outputs(BTreeMap<String, String>);

impl Outputs {
    /// The outputs of a stack.
    pub(crate) fn of(stack: &Value) -> anyhow::Result<Self> {
        let listed = stack["Outputs"].as_array().context("the stack has no outputs")?;
        let pairs = listed.iter().filter_map(|output| {
            Some((
                output["OutputKey"].as_str()?.to_owned(),
                output["OutputValue"].as_str()?.to_owned(),
            ))
        });
        Ok(Self(pairs.collect()))
    }

    /// One output.
    pub(crate) fn get(&self, key: &str) -> anyhow::Result<&str> {
        self.0
            .get(key)
            .map(String::as_str)
            .with_context(|| format!("the stack has no output {key}"))
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// A stack, which may not exist yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack<'a> {
    /// The command line for its place.
    pub(crate) aws: &'a AwsCli,
    /// Its name.
    pub(crate) name: &'a str,
}

/// What would be done to a stack.
#[derive(Debug)]
pub(crate) struct ChangeSet {
    id: String,
    /// Whether the stack would be new.
    pub(crate) creates: bool,
    /// What becomes of its resources.
    pub(crate) changes: Vec<Change>,
}

/// What becomes of one resource.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// `Add`, `Modify`, `Remove`, `Import` or `Dynamic`.
    pub(crate) action: String,
    /// Its name in the template.
    pub(crate) name: String,
    /// Its type, such as `AWS::SQS::Queue`.
    pub(crate) kind: String,
    /// Whether another takes its place, for sure or possibly.
    pub(crate) replaced: Option<&'static str>,
}

impl Stack<'_> {
    /// The stack as it is, or nothing if there is none.
    pub(crate) fn describe(&self) -> anyhow::Result<Option<Value>> {
        let described =
            self.aws.json(&["cloudformation", "describe-stacks", "--stack-name", self.name]);
        match described {
            Ok(mut answer) => Ok(Some(answer["Stacks"][0].take())
                .filter(|stack| stack["StackStatus"] != "DELETE_COMPLETE")),
            Err(error) if error.to_string().contains("does not exist") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The stack once nothing is in progress, or nothing if there is none. What a failed first
    /// deployment left is cleared away: it holds nothing, and can't be changed.
    pub(crate) async fn settled(&self) -> anyhow::Result<Option<Value>> {
        let stack = self.wait().await?;
        if stack.as_ref().is_some_and(|stack| stack["StackStatus"] == "ROLLBACK_COMPLETE") {
            self.aws.run(&["cloudformation", "delete-stack", "--stack-name", self.name])?;
            return self.wait().await;
        }
        Ok(stack)
    }

    /// Asks what a template would change; nothing if it would change nothing. A parameter that is
    /// not given keeps its value.
    pub(crate) async fn propose(
        &self,
        before: Option<&Value>,
        template_url: &str,
        parameters: &Parameters,
    ) -> anyhow::Result<Option<ChangeSet>> {
        let creates = before.is_none_or(|stack| stack["StackStatus"] == "REVIEW_IN_PROGRESS");
        let name = format!("sapa-{}", std::process::id());
        let made = self.aws.json(&[
            "cloudformation",
            "create-change-set",
            "--stack-name",
            self.name,
            "--change-set-name",
            &name,
            "--change-set-type",
            if creates { "CREATE" } else { "UPDATE" },
            "--template-url",
            template_url,
            "--capabilities",
            "CAPABILITY_IAM",
            "CAPABILITY_AUTO_EXPAND",
            "--parameters",
            &all_parameters(before.filter(|_| !creates), parameters).to_string(),
        ])?;
        let id = text(&made, "Id").to_owned();
        let described = self.described(&id).await?;
        let set = ChangeSet { id, creates, changes: changes(&described) };
        if described["Status"] != "FAILED" {
            return Ok(Some(set));
        }
        self.discard(&set)?;
        let reason = text(&described, "StatusReason");
        if reason.contains("didn't contain changes") || reason.contains("No updates are to be") {
            return Ok(None);
        }
        bail!("CloudFormation refuses the template: {reason}")
    }

    /// Takes a proposal back, and the empty stack that was made for it.
    pub(crate) fn discard(&self, set: &ChangeSet) -> anyhow::Result<()> {
        self.aws.run(&["cloudformation", "delete-change-set", "--change-set-name", &set.id])?;
        if set.creates {
            self.aws.run(&["cloudformation", "delete-stack", "--stack-name", self.name])?;
        }
        Ok(())
    }

    /// Carries a proposal out and waits; the stack as it is then.
    pub(crate) async fn execute(&self, set: &ChangeSet) -> anyhow::Result<Value> {
        self.aws.run(&["cloudformation", "execute-change-set", "--change-set-name", &set.id])?;
        let mut stack = self.wait().await?;
        while stack.as_ref().is_some_and(|stack| stack["StackStatus"] == "REVIEW_IN_PROGRESS") {
            stack = self.wait().await?;
        }
        let stack = stack.context("the stack is gone")?;
        match stack["StackStatus"].as_str() {
            Some("CREATE_COMPLETE" | "UPDATE_COMPLETE") => Ok(stack),
            status => {
                let failed = self.failures()?;
                bail!("the stack is {}:\n{failed}", status.unwrap_or("in no known state"))
            }
        }
    }

    /// A change set once it is worked out.
    async fn described(&self, id: &str) -> anyhow::Result<Value> {
        let pace = Pace::of(self.aws);
        for _ in 0..pace.looks() {
            let set = self.aws.json(&[
                "cloudformation",
                "describe-change-set",
                "--change-set-name",
                id,
            ])?;
            if !matches!(text(&set, "Status"), "CREATE_PENDING" | "CREATE_IN_PROGRESS") {
                return Ok(set);
            }
            tokio::time::sleep(pace.look).await;
        }
        bail!("CloudFormation has not worked out the changes after {:?}", pace.patience)
    }

    /// Waits until nothing is in progress. A stack that waits for a look at its first change set
    /// is as settled as it will be.
    async fn wait(&self) -> anyhow::Result<Option<Value>> {
        let pace = Pace::of(self.aws);
        for _ in 0..pace.looks() {
            tokio::time::sleep(pace.look).await;
            let stack = self.describe()?;
            let status = stack.as_ref().map(|stack| text(stack, "StackStatus")).unwrap_or_default();
            if status == "REVIEW_IN_PROGRESS" || !status.ends_with("IN_PROGRESS") {
                return Ok(stack);
            }
        }
        bail!("the stack is still in progress after {:?}", pace.patience)
    }

    /// What went wrong in the last deployment, in the order in which it did.
    fn failures(&self) -> anyhow::Result<String> {
        let told = self.aws.json(&[
            "cloudformation",
            "describe-stack-events",
            "--stack-name",
            self.name,
            "--max-items",
            "500",
        ])?;
        let events = told["StackEvents"].as_array().cloned().unwrap_or_default();
        Ok(failures(&events, self.name).join("\n"))
    }
}

/// How often one looks, and for how long.
struct Pace {
    look: Duration,
    patience: Duration,
}

impl Pace {
    fn of(aws: &AwsCli) -> Self {
        match aws.place() {
            // LocalStack starts containers.
            Place::Emulator { .. } => {
                Self { look: Duration::from_millis(200), patience: Duration::from_secs(300) }
            }
            Place::Account { .. } => {
                Self { look: Duration::from_secs(3), patience: Duration::from_secs(1800) }
            }
        }
    }

    fn looks(&self) -> u128 {
        self.patience.as_millis() / self.look.as_millis()
    }
}

/// Those that are given, and those that the stack has and nobody changes.
fn all_parameters(before: Option<&Value>, given: &Parameters) -> Value {
    let mut all: Vec<Value> = given
        .iter()
        .map(|(key, value)| json!({ "ParameterKey": key, "ParameterValue": value }))
        .collect();
    let kept = before.and_then(|stack| stack["Parameters"].as_array());
    for key in kept.into_iter().flatten().filter_map(|old| old["ParameterKey"].as_str()) {
        if !given.contains_key(key) {
            all.push(json!({ "ParameterKey": key, "UsePreviousValue": true }));
        }
    }
    Value::from(all)
}

fn changes(described: &Value) -> Vec<Change> {
    let listed = described["Changes"].as_array().cloned().unwrap_or_default();
    let changes = listed.iter().map(|change| &change["ResourceChange"]);
    changes
        .map(|change| Change {
            action: text(change, "Action").to_owned(),
            name: text(change, "LogicalResourceId").to_owned(),
            kind: text(change, "ResourceType").to_owned(),
            replaced: match text(change, "Replacement") {
                "True" => Some("replaced"),
                "Conditional" => Some("perhaps replaced"),
                _ => None,
            },
        })
        .collect()
}

/// The failures since the stack's last deployment began, oldest first. CloudFormation tells the
/// newest event first; what it merely called off says nothing of why.
fn failures(events: &[Value], stack: &str) -> Vec<String> {
    let is_beginning = |event: &&Value| {
        let status = text(event, "ResourceStatus");
        text(event, "LogicalResourceId") == stack
            && matches!(status, "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS")
    };
    let of_this_time = events.iter().take_while(|event| !is_beginning(event));
    let mut failed: Vec<String> = of_this_time
        .filter(|event| text(event, "ResourceStatus").ends_with("FAILED"))
        .filter(|event| !text(event, "ResourceStatusReason").contains("cancelled"))
        .map(|event| {
            format!(
                "  {} {}: {}",
                text(event, "LogicalResourceId"),
                text(event, "ResourceStatus"),
                text(event, "ResourceStatusReason")
            )
        })
        .collect();
    failed.reverse();
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_is_not_given_keeps_its_value() {
        let before = json!({ "Parameters": [
            { "ParameterKey": "GraphUrl", "ParameterValue": "https://old" },
            { "ParameterKey": "LogLevel", "ParameterValue": "DEBUG" },
        ]});
        let given = Parameters::from([("GraphUrl".to_owned(), "https://new".to_owned())]);
        assert_eq!(
            all_parameters(Some(&before), &given),
            json!([
                { "ParameterKey": "GraphUrl", "ParameterValue": "https://new" },
                { "ParameterKey": "LogLevel", "UsePreviousValue": true },
            ])
        );
        assert_eq!(all_parameters(None, &Parameters::new()), json!([]));
    }

    #[test]
    fn only_what_failed_this_time_and_by_itself_is_told() {
        let event = |name: &str, status: &str, reason: &str| {
            json!({
                "LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason,
            })
        };
        let events = [
            event("sapa", "UPDATE_ROLLBACK_COMPLETE", ""),
            event("Relay", "UPDATE_FAILED", "Resource update cancelled"),
            event("Media", "UPDATE_FAILED", "no such role"),
            event("Bucket", "UPDATE_FAILED", "no right to do that"),
            event("sapa", "UPDATE_IN_PROGRESS", "User Initiated"),
            event("Table", "CREATE_FAILED", "long ago"),
        ];
        assert_eq!(
            failures(&events, "sapa"),
            ["  Bucket UPDATE_FAILED: no right to do that", "  Media UPDATE_FAILED: no such role"]
        );
    }
}
