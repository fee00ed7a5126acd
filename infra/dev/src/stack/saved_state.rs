//! Mending the emulator's saved state before it is loaded.
//!
//! Two things in it do not survive a restart as they should (seen in ministack 1.5.33). Both are
//! put right in its files, which are plain JSON, while nobody has them open.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// The file of ours that says which port the state was saved under.
const PORT: &str = "port.txt";

/// Makes the state in that folder fit for a start on that port. An empty folder is fine.
pub(crate) fn mend(folder: &Path, port: u16) -> anyhow::Result<()> {
    forget_stream_positions(folder)?;
    let saved_under = fs::read_to_string(folder.join(PORT)).unwrap_or_default();
    if !saved_under.is_empty() && saved_under != port.to_string() {
        readdress(folder, &saved_under, port)?;
    }
    fs::write(folder.join(PORT), port.to_string()).context("noting the emulator's port")
}

/// Lets the stream's reader begin at the first record after the restart.
///
/// How far it came is kept, but not the stream: without this, as many new records would be skipped
/// as there had been before.
fn forget_stream_positions(folder: &Path) -> anyhow::Result<()> {
    let file = folder.join("lambda.json");
    let Ok(text) = fs::read(&file) else { return Ok(()) };
    let mut state: Value =
        serde_json::from_slice(&text).with_context(|| format!("reading {}", file.display()))?;
    if let Some(payload) = state.get_mut("payload").and_then(Value::as_object_mut) {
        payload.remove("dynamodb_stream_positions");
    }
    fs::write(&file, serde_json::to_vec(&state)?)
        .with_context(|| format!("writing {}", file.display()))
}

/// Moves everything to another port: queues are known by their URL, which has the port in it.
fn readdress(folder: &Path, from: &str, to: u16) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut text =
            fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        for host in ["localhost", "127.0.0.1"] {
            text = text.replace(&format!("{host}:{from}"), &format!("{host}:{to}"));
        }
        fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}
