//! `cargo dev check`: everything that can be said without running the code.
//!
//! All checks run, also after one failed, so that one round shows all there is to mend.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::host::command::{cargo, run as install, show, succeeds};
use crate::host::prerequisites;
use crate::host::progress::Step;
use crate::host::python::Venv;
use crate::stack::instance::Instance;

/// A check, given the workspace's root.
type Check = fn(&Path) -> anyhow::Result<()>;

/// From crates.io, built once into target/tools.
const CARGO_DENY: &str = "0.20.2";

/// Runs all checks; fails with the names of those that did.
pub(crate) fn run() -> anyhow::Result<()> {
    let instance = Instance::open("dev")?;
    let workspace = instance.workspace();
    let checks: [(&str, Check); 5] = [
        ("fmt", format),
        ("clippy", clippy),
        ("cargo-deny", dependencies),
        ("cfn-lint", cfn_lint),
        ("checkov", checkov),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        let step = Step::begin(name);
        match check(workspace) {
            Ok(()) => step.done(),
            Err(error) => {
                eprintln!("  ✗ {name}: {error:#}");
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn format(workspace: &Path) -> anyhow::Result<()> {
    show(cargo().args(["fmt", "--all", "--check"]).current_dir(workspace))
}

fn clippy(workspace: &Path) -> anyhow::Result<()> {
    // All targets are those that `cargo test` takes: the stories end to end are named.
    for targets in [&["--all-targets"][..], &["--test", "e2e"]] {
        let mut command = cargo();
        command.args(["clippy", "--workspace", "--quiet"]).args(targets);
        show(command.args(["--", "-D", "warnings"]).current_dir(workspace))?;
    }
    Ok(())
}

/// Bans, licences and sources always; known vulnerabilities where their database can be fetched.
fn dependencies(workspace: &Path) -> anyhow::Result<()> {
    let tools = workspace.join("target/tools");
    let program = tools.join("bin/cargo-deny");
    let version = tools.join("cargo-deny.version");
    if !program.exists() || fs::read_to_string(&version).ok().as_deref() != Some(CARGO_DENY) {
        eprintln!("  … building cargo-deny {CARGO_DENY}, once (a minute or two)");
        install(
            cargo()
                .args(["install", "cargo-deny", "--quiet", "--locked", "--debug", "--force"])
                .args(["--version", CARGO_DENY, "--root"])
                .arg(&tools)
                // A build of its own: it is not a part of this workspace.
                .env("CARGO_TARGET_DIR", tools.join("build"))
                .current_dir(workspace),
        )?;
        fs::remove_dir_all(tools.join("build"))?;
        fs::write(&version, CARGO_DENY)?;
    }
    let deny = || {
        let mut command = Command::new(&program);
        command.args(["--log-level", "warn"]).current_dir(workspace);
        command
    };
    show(deny().args(["check", "bans", "licenses", "sources"]))?;
    if succeeds(deny().args(["fetch", "db"])) {
        show(deny().args(["check", "--disable-fetch", "advisories"]))
    } else {
        eprintln!("    advisories: skipped, their database cannot be reached from here");
        Ok(())
    }
}

fn cfn_lint(workspace: &Path) -> anyhow::Result<()> {
    let linters = linters(workspace)?;
    show(
        Command::new(linters.program("python"))
            .arg(linters.program("cfn-lint"))
            .arg("infra/template.yaml")
            .current_dir(workspace),
    )
}

fn checkov(workspace: &Path) -> anyhow::Result<()> {
    show(
        Command::new(linters(workspace)?.program("python"))
            .args([
                "-m",
                "checkov.main",
                "-f",
                "infra/template.yaml",
                "--framework",
                "cloudformation",
            ])
            .args(["--skip-download", "--quiet", "--compact"])
            .current_dir(workspace),
    )
}

fn linters(workspace: &Path) -> anyhow::Result<Venv> {
    prerequisites::check()?;
    Venv::ensure(
        &workspace.join("target/dev/check-venv"),
        &workspace.join("infra/requirements-check.txt"),
    )
}
