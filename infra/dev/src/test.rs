//! `cargo dev test`: every test there is.
//!
//! First those that run in one process, because they are quick to say what is wrong; then the end
//! to end ones, on an environment of their own with fresh data and ports that nobody has. They find
//! it by variables: `SAPA_E2E`, the JSON that `up --json` prints; `SAPA_E2E_STATE`, the file that says
//! which processes and which stack it consists of; and `SAPA_E2E_DEV`, this program, for its other
//! commands.

use std::fs;

use crate::cli::UpOptions;
use crate::down;
use crate::host::command::{cargo, show};
use crate::host::{ports, prerequisites};
use crate::stack::instance::{Connection, Instance};
use crate::up;

/// Runs all tests.
pub(crate) async fn run(arguments: &[String]) -> anyhow::Result<()> {
    // Before minutes of building.
    prerequisites::check_browser()?;
    let instance = Instance::open("test")?;
    show(cargo().args(["test", "--workspace"]).args(arguments).current_dir(instance.workspace()))?;

    // What a run that was interrupted may have left.
    down::stop(&instance, instance.state())?;
    fs::remove_dir_all(instance.root())?;
    let instance = Instance::open("test")?;
    let options = UpOptions {
        port: Some(ports::any_free()?),
        emulator_port: Some(ports::any_free()?),
        ..UpOptions::default()
    };
    let connection = up::start(&instance, &options).await?;
    let tested = end_to_end(&instance, &connection, arguments);
    down::stop(&instance, instance.state())?;
    if tested.is_err() {
        eprintln!("Logs: {0}/server.log, {0}/emulator.log", instance.root().display());
    }
    tested
}

fn end_to_end(
    instance: &Instance,
    connection: &Connection,
    arguments: &[String],
) -> anyhow::Result<()> {
    // The whole workspace again, for the same build; but of its tests only this one, which
    // `cargo test` alone leaves out.
    show(
        cargo()
            .args(["test", "--workspace", "--test", "e2e"])
            .args(arguments)
            .current_dir(instance.workspace())
            .env("SAPA_E2E", serde_json::to_string(connection)?)
            // Most of their time they wait: for the schedule, for a queue, for five minutes.
            .env("RUST_TEST_THREADS", "8")
            .env("SAPA_E2E_STATE", instance.path("state.json"))
            .env("SAPA_E2E_DEV", std::env::current_exe()?),
    )
}
