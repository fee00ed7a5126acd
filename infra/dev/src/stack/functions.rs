//! Building the functions and laying them out as cargo-lambda does: `target/lambda/<name>/bootstrap`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::instance::Instance;
use crate::host::command::{cargo, output, run};
use crate::host::progress::Step;

/// A function that is ready to be deployed.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its name: folder, binary and the end of its name on AWS.
    pub(crate) name: String,
    /// The stripped binary.
    pub(crate) bootstrap: PathBuf,
}

/// Builds everything and lays out what changed.
pub(crate) fn build(instance: &Instance) -> anyhow::Result<Vec<Function>> {
    let step = Step::begin("Building the functions");
    let workspace = instance.workspace();
    // Never one package alone: cargo would unify features differently and build the SDK again.
    run(cargo().args(["build", "--workspace", "--bins"]).current_dir(workspace))?;
    let names = names(&workspace.join("functions"))?;
    let built: Vec<Function> =
        names.into_iter().map(|name| lay_out(workspace, name)).collect::<Result<_, _>>()?;
    step.done_with(&format!("{} functions", built.len()));
    Ok(built)
}

/// The names of all functions: a folder below `functions/` is a function of that name.
pub(crate) fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ensure!(!names.is_empty(), "there are no functions in {}", folder.display());
    names.sort();
    Ok(names)
}

/// Copies the binary without its symbols, which are nine tenths of it. The copy keeps the
/// original's time: an equal time means an equal binary, which need not be uploaded again.
fn lay_out(workspace: &Path, name: String) -> anyhow::Result<Function> {
    let binary = workspace.join("target/debug").join(&name);
    let folder = workspace.join("target/lambda").join(&name);
    let bootstrap = folder.join("bootstrap");
    let built = modified(&binary).with_context(|| format!("{} was not built", binary.display()))?;
    if modified(&bootstrap).is_ok_and(|copied| copied == built) {
        return Ok(Function { name, bootstrap });
    }
    fs::create_dir_all(&folder)?;
    let stripped = workspace.join("target/lambda").join(format!("{name}.stripped"));
    output(Command::new("strip").arg("-o").arg(&stripped).arg(&binary))?;
    File::options().append(true).open(&stripped)?.set_modified(built)?;
    fs::rename(&stripped, &bootstrap)?;
    Ok(Function { name, bootstrap })
}

/// When a file was last written.
pub(crate) fn modified(file: &Path) -> std::io::Result<std::time::SystemTime> {
    fs::metadata(file)?.modified()
}
