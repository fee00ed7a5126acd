//! `cargo dev down`: stops exactly what `up` started. The data stays.

use std::time::Duration;

use crate::stack::emulator;
use crate::stack::instance::{Instance, State};

/// The proxy has nothing to save; requests under way get a moment.
const SERVER: Duration = Duration::from_secs(5);

/// Stops an environment; one that does not run is fine.
pub(crate) fn run(instance: &str) -> anyhow::Result<()> {
    let instance = Instance::open(instance)?;
    let _lock = instance.lock()?;
    let state = instance.state();
    let running = [&state.server, &state.emulator]
        .into_iter()
        .flatten()
        .any(super::host::process::Process::is_alive);
    stop(&instance, state)?;
    eprintln!("{}", if running { "Stopped. The data is kept." } else { "Nothing was running." });
    Ok(())
}

/// Stops what runs: first who sends, then who stores.
pub(crate) fn stop(instance: &Instance, state: State) -> anyhow::Result<()> {
    if let Some(server) = &state.server {
        server.stop(SERVER);
    }
    if let Some(process) = state.emulator.as_ref().filter(|process| process.is_alive()) {
        emulator::stop(process);
    }
    instance.save_state(&State { server: None, emulator: None, ..state })
}
