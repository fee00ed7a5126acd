//! A virtual environment of pinned packages, remade only when its list changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::command::run;
use super::progress::Step;

/// A virtual environment with everything installed.
#[derive(Debug, Clone)]
pub(crate) struct Venv {
    root: PathBuf,
}

impl Venv {
    /// Makes the environment, or takes the one that is there when it was made from the same list.
    ///
    /// The list is copied into it last, so one that was interrupted half-way is made again.
    pub(crate) fn ensure(root: &Path, requirements: &Path) -> anyhow::Result<Self> {
        let wanted = fs::read_to_string(requirements)
            .with_context(|| format!("reading {}", requirements.display()))?;
        let installed = root.join("installed.txt");
        let venv = Self { root: root.to_owned() };
        // Python itself may have gone: a venv only links to the one it was made with.
        if fs::read_to_string(&installed).is_ok_and(|list| list == wanted) && venv.python_works() {
            return Ok(venv);
        }
        let step = Step::begin(format!("Installing Python packages ({})", list_of(&wanted)));
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(root))?;
        run(Command::new(venv.program("python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(requirements))?;
        fs::write(&installed, wanted)?;
        step.done();
        Ok(venv)
    }

    /// Where its programs are.
    pub(crate) fn programs(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// The path of a program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs().join(name)
    }

    fn python_works(&self) -> bool {
        super::command::succeeds(Command::new(self.program("python")).args(["-c", ""]))
    }
}

fn list_of(requirements: &str) -> String {
    let packages = requirements
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    packages.collect::<Vec<_>>().join(", ")
}
