//! `cargo dev deploy`: builds, shows what would change, asks, deploys.
//!
//! A run that breaks off leaves either the stack as it was or a deployment that CloudFormation goes
//! on with; the next run waits for that first.

use anyhow::Context;

use crate::cli::{Architecture, DeployOptions};
use crate::host::confirm::{confirm, ensure_answerable};
use crate::host::progress::Step;
use crate::stack::artifacts::Artifacts;
use crate::stack::aws_cli::Place;
use crate::stack::cloud_formation::{Change, ChangeSet, Outputs, Parameters, Stack};
use crate::stack::instance::Instance;
use crate::stack::target::{Target, text};
use crate::stack::{functions, release};
use crate::up;

/// Deploys the stack that the options name.
pub(crate) async fn run(instance: &str, options: &DeployOptions) -> anyhow::Result<()> {
    ensure_answerable(options.yes)?;
    let instance = Instance::open(instance)?;
    let _lock = instance.lock()?;
    let target = Target::to_deploy(&instance, &options.place)?;
    let stack = Stack { aws: &target.aws, name: &target.stack };
    // Before minutes of building: whether we may, and where to.
    let step = Step::begin(format!("Looking at stack {}", target.stack));
    let before = stack.settled().await?;
    step.done_with(&whereabouts(&target, before.is_some())?);

    let parameters = build(&instance, &target, options).await?;
    let step = Step::begin("Uploading the functions");
    let artifacts = Artifacts::ensure(&target.aws, &target.stack)?;
    let template = instance.workspace().join("infra/template.yaml");
    let packaged = instance.path(&format!("{}.packaged.yaml", target.stack));
    let url = artifacts.package(&template, &packaged)?;
    step.done();
    let step = Step::begin("Working out the changes");
    let proposed = stack.propose(before.as_ref(), &url, &parameters).await?;
    step.done();

    let Some(changes) = proposed else {
        println!("Nothing changes.\n");
        let stack = before.context("a new stack without resources")?;
        print_outputs(&target, &Outputs::of(&stack)?);
        return Ok(());
    };
    println!("{}", describe(&changes));
    let agreed = confirm("Deploy this?", options.yes);
    if !matches!(agreed, Ok(true)) {
        stack.discard(&changes)?;
        return agreed.map(|_| println!("Nothing was changed."));
    }
    let step = Step::begin(format!("Deploying stack {}", target.stack));
    let deployed = stack.execute(&changes).await?;
    step.done();
    print_outputs(&target, &Outputs::of(&deployed)?);
    Ok(())
}

/// Builds the functions for where they will run; what the template is told.
async fn build(
    instance: &Instance,
    target: &Target,
    options: &DeployOptions,
) -> anyhow::Result<Parameters> {
    let mut parameters = match target.aws.place() {
        Place::Emulator { endpoint } => {
            functions::build(instance)?;
            let state = instance.state();
            up::parameters(endpoint, if state.port == 0 { up::PORT } else { state.port }).await
        }
        Place::Account { .. } => {
            let architecture = options.architecture.unwrap_or(Architecture::Arm64);
            release::build(instance, architecture)?;
            let name = architecture.name().to_owned();
            Parameters::from([("Architecture".to_owned(), name)])
        }
    };
    let given = options.parameters.iter().cloned();
    parameters.extend(given.map(|parameter| (parameter.key, parameter.value)));
    Ok(parameters)
}

/// Where it goes, so that a slip is seen before it costs.
fn whereabouts(target: &Target, exists: bool) -> anyhow::Result<String> {
    let what = if exists { "it is there" } else { "it will be new" };
    Ok(match target.aws.place() {
        Place::Emulator { endpoint } => format!("{what}, at {endpoint}"),
        Place::Account { .. } => {
            let caller = target.aws.json(&["sts", "get-caller-identity"])?;
            let region = target.aws.region()?;
            format!("{what}, in account {} in {region}", text(&caller, "Account"))
        }
    })
}

fn describe(set: &ChangeSet) -> String {
    let mut lines = vec![if set.creates {
        "\nA new stack would be made:".to_owned()
    } else {
        "\nThe stack would change:".to_owned()
    }];
    for Change { action, name, kind, replaced } in &set.changes {
        let replaced = replaced.map(|how| format!("  ({how})")).unwrap_or_default();
        lines.push(format!("  {action:<7} {kind:<36} {name}{replaced}"));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn print_outputs(target: &Target, outputs: &Outputs) {
    println!("\nStack {} is deployed.\n", target.stack);
    for (key, value) in outputs.iter() {
        println!("  {key:<24} {value}");
    }
    println!(
        "\nNext, if it has no organization yet:\n\
         \x20 cargo dev organization {} --name \"Kopi Kita\" --admin-name \"Ani\" \
         --admin-email ani@example.com",
        options_of(target)
    );
}

/// The options that mean the same stack in another command.
fn options_of(target: &Target) -> String {
    let stack = format!("--stack {}", target.stack);
    match target.aws.place() {
        Place::Emulator { endpoint } => format!("{stack} --endpoint {endpoint}"),
        Place::Account { profile, region } => {
            let option = |name: &str, value: &Option<String>| {
                value.as_ref().map(|value| format!(" --{name} {value}")).unwrap_or_default()
            };
            format!("{stack}{}{}", option("profile", profile), option("region", region))
        }
    }
}
