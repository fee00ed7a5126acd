//! What takes minutes in the dev profile: it runs again in one that is optimized.

use std::ffi::OsStr;
use std::path::Path;

use crate::host::command::{cargo, show};

/// The profile's name, in Cargo.toml and below `target/`.
const PROFILE: &str = "optimized";

/// Runs this very command in the optimized profile, unless that is where it runs; whether it did.
pub(crate) fn runs_there() -> anyhow::Result<bool> {
    let program = std::env::current_exe()?;
    if program.parent().and_then(Path::file_name) == Some(OsStr::new(PROFILE)) {
        return Ok(false);
    }
    eprintln!("Building with optimization: the first time takes a quarter of an hour.");
    let command = ["run", "--quiet", "--profile", PROFILE, "--bin", "dev", "--"];
    show(cargo().args(command).args(std::env::args_os().skip(1)))?;
    Ok(true)
}
