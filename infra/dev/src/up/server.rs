//! Starting the process that stays, or leaving it alone when it is the right one.

use std::process::Command;
use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

use crate::host::ports;
use crate::host::process::Process;
use crate::host::progress::Step;
use crate::proxy;
use crate::serve::Plan;
use crate::stack::emulator::last_lines;
use crate::stack::functions::modified;
use crate::stack::instance::{Instance, State};

const START: Duration = Duration::from_secs(15);
const STOP: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);

/// What the running one was started with.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Started {
    plan: Plan,
    /// When its binary was built: a newer one takes its place.
    built: std::time::SystemTime,
}

/// Makes sure that the server runs with this plan and this build.
pub(super) async fn ensure(
    instance: &Instance,
    state: &mut State,
    plan: &Plan,
) -> anyhow::Result<()> {
    let binary = std::env::current_exe()?;
    let wanted = Started { plan: plan.clone(), built: modified(&binary)? };
    let before = instance.load::<Started>("server.json");
    if let Some(process) = state.server.take().filter(Process::is_alive) {
        if before.as_ref() == Some(&wanted) {
            state.server = Some(process);
            return Ok(());
        }
        process.stop(STOP);
    }
    let step = Step::begin("Starting the simulator and the reverse proxy");
    ports::ensure_free(plan.port, "--port", "SAPA_PORT")?;
    instance.save("plan.json", plan)?;
    let mut command = Command::new(binary);
    command.arg("serve").arg(instance.path("plan.json")).current_dir(instance.root());
    let log = instance.path("server.log");
    let process = Process::spawn(&mut command, &log)?;
    state.server = Some(process.clone());
    instance.save_state(state)?;
    let page = format!("http://127.0.0.1:{}/simulator", plan.port);
    for _ in 0..START.as_millis() / LOOK.as_millis() {
        if !process.is_alive() {
            bail!("the reverse proxy ended:\n{}", last_lines(&log));
        }
        if proxy::answers(&page).await {
            instance.save("server.json", &wanted)?;
            step.done();
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("the reverse proxy does not answer:\n{}", last_lines(&log))
}
