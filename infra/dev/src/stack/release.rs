//! Building the functions for AWS: optimized, for its Linux and the architecture that was chosen.
//!
//! cargo-lambda and the cross-linker that it uses (zig) come from a virtual environment of their
//! own, so nothing has to be installed by hand but Rust's standard library for that architecture;
//! where rustup is there, cargo-lambda has it install that.

use std::env::{join_paths, split_paths};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, ensure};

use super::functions::names;
use super::instance::Instance;
use crate::cli::Architecture;
use crate::host::command::{environment, of_no_package, run};
use crate::host::progress::Step;
use crate::host::python::Venv;

/// When every binary was made, as far as its archive tells: the same bytes are the same archive,
/// and a function that did not change is not deployed. Archives begin their calendar in 1980.
const MADE: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

/// Builds all functions into `target/lambda/<name>/bootstrap`.
pub(crate) fn build(instance: &Instance, architecture: Architecture) -> anyhow::Result<()> {
    let workspace = instance.workspace();
    let venv = Venv::ensure(
        &workspace.join("target/dev/lambda-venv"),
        &workspace.join("infra/requirements-lambda.txt"),
    )?;
    let step = Step::begin(format!("Building the functions for {}", architecture.name()));
    let path = environment("PATH").unwrap_or_default();
    let path = join_paths(std::iter::once(venv.programs()).chain(split_paths(&path)))?;
    let names = names(&workspace.join("functions"))?;
    let mut command = of_no_package(venv.program("cargo-lambda"));
    command.args(["lambda", "build", "--release", "--locked"]);
    command.arg(match architecture {
        Architecture::Arm64 => "--arm64",
        Architecture::X86_64 => "--x86-64",
    });
    for name in &names {
        command.args(["--bin", name]);
    }
    run(command.env("PATH", path).current_dir(workspace))?;
    for name in &names {
        let bootstrap = workspace.join("target/lambda").join(name).join("bootstrap");
        check(&bootstrap, architecture)?;
        File::options().append(true).open(&bootstrap)?.set_modified(UNIX_EPOCH + MADE)?;
    }
    step.done_with(&format!("{} functions", names.len()));
    Ok(())
}

/// Makes sure that a binary is one that the function could run: `up` lays out its own in the same
/// place, for this machine.
fn check(bootstrap: &Path, architecture: Architecture) -> anyhow::Result<()> {
    let bytes = fs::read(bootstrap).with_context(|| format!("{}", bootstrap.display()))?;
    ensure!(
        machine(&bytes) == Some(architecture),
        "{} was not built for {}",
        bootstrap.display(),
        architecture.name()
    );
    Ok(())
}

/// What an ELF file runs on: elf(5), `e_machine` at offset 18.
fn machine(bytes: &[u8]) -> Option<Architecture> {
    if !bytes.starts_with(b"\x7fELF") {
        return None;
    }
    match bytes.get(18..20)? {
        [0xb7, 0] => Some(Architecture::Arm64),
        [0x3e, 0] => Some(Architecture::X86_64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_tells_what_it_runs_on() {
        let elf = |machine: u8| {
            let mut bytes = vec![0; 64];
            bytes[..4].copy_from_slice(b"\x7fELF");
            bytes[18] = machine;
            bytes
        };
        assert_eq!(machine(&elf(0xb7)), Some(Architecture::Arm64));
        assert_eq!(machine(&elf(0x3e)), Some(Architecture::X86_64));
        assert_eq!(machine(&elf(0x28)), None);
        assert_eq!(machine(b"#!/bin/sh\nexec true\n"), None);
        assert_eq!(machine(b"\x7fELF"), None);
        if cfg!(target_os = "linux") {
            let own = fs::read(std::env::current_exe().unwrap()).unwrap();
            assert_eq!(machine(&own), Some(Architecture::here()));
        }
    }
}
