//! How often the simulator was started: each start has its own range of ids.
//!
//! Counting starts instead of ids needs one write per start, and a crash can't fall between the use
//! of an id and the record of it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// What the file holds, as JSON.
#[derive(Serialize, Deserialize)]
struct State {
    starts: u32,
}

/// Counts this start and says which it is, from 1. The new count is on disk before it is used.
pub(super) fn count(path: &Path) -> anyhow::Result<u32> {
    let before =
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice::<State>(&bytes)
                .with_context(|| {
                    format!(
                        "{} is not the simulator's state; delete it together with the stack's data",
                        path.display()
                    )
                })?
                .starts,
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
    let starts = before.checked_add(1).context("too many starts")?;
    write(path, starts).with_context(|| format!("writing {}", path.display()))?;
    Ok(starts)
}

/// The id after which this start's ids begin; four thousand million fit between two starts.
pub(super) fn first_id(starts: u32) -> u64 {
    u64::from(starts) << 32
}

/// Writes beside the file and renames, so that a crash leaves the old count or the new one.
fn write(path: &Path, starts: u32) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("tmp");
    fs::write(&beside, serde_json::to_vec(&State { starts })?)?;
    fs::rename(&beside, path)?;
    Ok(())
}
