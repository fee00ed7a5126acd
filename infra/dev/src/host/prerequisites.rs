//! What `cargo dev` cannot install by itself: Python with venv, a C compiler, and for the tests a
//! browser.
//!
//! A missing one is named together with the line that installs it, before anything is started.

use std::process::Command;

use anyhow::bail;

use super::command::succeeds;

/// A tool, and the package that brings it.
struct Tool {
    name: &'static str,
    present: bool,
    debian: &'static str,
    fedora: &'static str,
    mac: &'static str,
}

/// Fails with everything that is missing, and how to get it.
pub(crate) fn check() -> anyhow::Result<()> {
    let tools = [
        Tool {
            name: "Python 3.10 or newer",
            present: python("import sys; sys.exit(sys.version_info < (3, 10))"),
            debian: "python3",
            fedora: "python3",
            mac: "python",
        },
        Tool {
            name: "Python's venv module",
            present: python("import ensurepip, venv"),
            debian: "python3-venv",
            fedora: "python3",
            mac: "python",
        },
        Tool {
            name: "a C compiler (cc)",
            present: succeeds(Command::new("cc").arg("--version")),
            debian: "build-essential",
            fedora: "gcc",
            mac: "gcc",
        },
    ];
    all_present(&tools)
}

/// The same for what only the tests need.
pub(crate) fn check_browser() -> anyhow::Result<()> {
    let answers = |program: &str| succeeds(Command::new(program).arg("--version"));
    let names = ["chromium", "chromium-browser", "google-chrome"];
    all_present(&[
        Tool {
            name: "Chromium",
            present: names.into_iter().any(answers),
            debian: "chromium",
            fedora: "chromium",
            mac: "chromium",
        },
        Tool {
            name: "chromedriver",
            present: answers("chromedriver"),
            debian: "chromium-driver",
            fedora: "chromedriver",
            mac: "chromedriver",
        },
    ])
}

fn all_present(tools: &[Tool]) -> anyhow::Result<()> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !tool.present).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.name).collect();
    bail!("missing: {}. Install with: {}", names.join(", "), install_line(&missing));
}

fn python(program: &str) -> bool {
    succeeds(Command::new("python3").args(["-c", program]))
}

fn install_line(missing: &[&Tool]) -> String {
    let packages = |of: fn(&Tool) -> &'static str| {
        let mut names: Vec<&str> = missing.iter().map(|tool| of(tool)).collect();
        names.dedup();
        names.join(" ")
    };
    let has = |manager: &str| succeeds(Command::new(manager).arg("--version"));
    if has("brew") {
        format!("brew install {}", packages(|tool| tool.mac))
    } else if has("dnf") {
        format!("sudo dnf install {}", packages(|tool| tool.fedora))
    } else {
        format!("sudo apt-get install {}", packages(|tool| tool.debian))
    }
}
