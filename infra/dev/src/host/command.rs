//! Running other programs, with errors that say which one failed and what it said.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Runs a program on the way to a result. What it prints goes to stderr, because stdout is for the
/// result.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    show(command.stdout(std::io::stderr()))
}

/// Runs a program whose output is the result.
pub(crate) fn show(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("starting {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs a program for what it prints. What it says when it fails becomes the error.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {}", name(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said =
            if said.trim().is_empty() { String::from_utf8_lossy(&output.stdout) } else { said };
        bail!("{} failed ({}): {}", name(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program runs and succeeds; what it prints is of no interest.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A program that sees nothing of the caller's environment but where programs are.
pub(crate) fn isolated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", environment("PATH").unwrap_or_default()).env("LANG", "C.UTF-8");
    command
}

/// A variable of the caller's environment.
#[expect(
    clippy::disallowed_methods,
    reason = "this is no function: it serves the shell it runs in"
)]
pub(crate) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Cargo: the one that started us, or the one on the path.
pub(crate) fn cargo() -> Command {
    of_no_package(environment("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program that runs cargo, and does not take itself for a part of this package.
///
/// `cargo run` tells its program about the package by variables. Handed on to another cargo they
/// look like a change to build scripts that read them (ring's does), and half the tree is built
/// again, twice: now, and when next built by hand.
pub(crate) fn of_no_package(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_of_the_package = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if is_of_the_package {
            command.env_remove(&name);
        }
    }
    command
}

/// The program and its first two arguments: enough to recognise it.
fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args().take(2));
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
