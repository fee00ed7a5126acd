//! `cargo dev logs`: what the functions logged, in the order of time, one line each.

mod line;

use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use platform::Source;
use serde_json::json;

use crate::cli::LogsOptions;
use crate::stack::instance::Instance;
use crate::stack::target::Target;
use line::Shown;

/// Reads log groups; says how in its first lines.
const READER: &str = include_str!("logs/reader.py");

/// Shows the lines that the options choose.
pub(crate) fn run(instance: &str, options: &LogsOptions) -> anyhow::Result<()> {
    let instance = Instance::open(instance)?;
    let target = Target::of(&instance, &options.place)?;
    let groups = chosen(&target, &options.functions)?;
    let shown = Shown { trace: options.trace.as_deref(), metrics: options.metrics };
    let reader = reader(&target, options, &groups)?;
    let mut child = reader_started(reader)?;
    let lines = BufReader::new(child.stdout.take().context("the reader says nothing")?).lines();
    let mut out = stdout().lock();
    for event in lines {
        let (group, millis, message): (String, i64, String) =
            serde_json::from_str(&event?).context("what the reader says")?;
        if let Some(line) = shown.line(name(&target, &group), millis, &message)
            && writeln!(out, "{line}").is_err()
        {
            // Whoever read along has seen enough.
            child.kill()?;
            child.wait()?;
            return Ok(());
        }
    }
    ensure!(child.wait()?.success(), "reading the logs failed");
    Ok(())
}

/// The log groups of these functions, or of all.
fn chosen(target: &Target, functions: &[String]) -> anyhow::Result<Vec<String>> {
    let groups = target.resources("AWS::Logs::LogGroup")?;
    let names: Vec<&str> = groups.iter().map(|group| name(target, group)).collect();
    if let Some(unknown) = functions.iter().find(|function| !names.contains(&function.as_str())) {
        bail!("there are no logs of {unknown}; there are those of {}", names.join(", "));
    }
    let is_chosen = |group: &&String| {
        functions.is_empty() || functions.iter().any(|function| function == name(target, group))
    };
    Ok(groups.iter().filter(is_chosen).cloned().collect())
}

/// Whose log a group is: a function's, or the HTTP API's.
fn name<'a>(target: &Target, group: &'a str) -> &'a str {
    if group.contains("/http-api/") { "http-api" } else { target.short_name(group) }
}

fn reader(target: &Target, options: &LogsOptions, groups: &[String]) -> anyhow::Result<Command> {
    let now = Source::system().now().as_millisecond();
    let since = i64::try_from(options.since.as_millis()).context("--since is too long ago")?;
    // Quoted, a pattern is searched for as it is.
    let pattern = options.trace.as_ref().map(|trace| format!("\"{}\"", trace.replace('"', "")));
    let call = json!({
        "groups": groups,
        "start": now.saturating_sub(since).max(0),
        "pattern": pattern.unwrap_or_default(),
        "follow": options.follow,
    });
    let mut command = target.aws.python();
    command.args(["-c", READER, &call.to_string()]);
    Ok(command)
}

fn reader_started(mut reader: Command) -> anyhow::Result<std::process::Child> {
    reader.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("starting the reader")
}
