//! The emulator of AWS: ministack, on loopback, with its data below `target/`.
//!
//! It keeps its state only when it is asked to stop (SIGTERM) and given the time to write it.
//! `AUTH=true` makes it check every call against the caller's IAM role, so that a right missing in
//! the template fails here and not on AWS.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::bail;

use super::instance::Instance;
use super::saved_state;
use crate::host::command::isolated;
use crate::host::process::Process;
use crate::host::progress::Step;
use crate::host::{ports, python::Venv};
use crate::proxy;

/// How long a start may take: a cold Python on a busy machine, many services.
const START: Duration = Duration::from_secs(90);
/// How long it may take to write its state down.
const STOP: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// Where the emulator answers.
pub(crate) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Starts the emulator.
pub(crate) fn start(instance: &Instance, venv: &Venv, port: u16) -> anyhow::Result<Process> {
    ports::ensure_free(port, "--emulator-port", "SAPA_EMULATOR_PORT")?;
    let data = instance.path("emulator");
    let temporary = instance.path("tmp");
    fs::create_dir_all(&data)?;
    fs::create_dir_all(&temporary)?;
    saved_state::mend(&data, port)?;
    // Nothing of the caller's environment: the functions inherit what the emulator has.
    let mut command = isolated(venv.program("python"));
    command
        .args(["-m", "ministack"])
        .current_dir(instance.root())
        .env("HOME", &temporary)
        .env("TMPDIR", &temporary)
        .env("PYTHONUNBUFFERED", "1")
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("AUTH", "true")
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", &data)
        .env("S3_PERSIST", "1")
        .env("S3_DATA_DIR", data.join("s3"))
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0")
        .env("RUST_BACKTRACE", "1")
        .env("AWS_REGION", super::aws_cli::REGION)
        .env("AWS_ACCESS_KEY_ID", super::aws_cli::DUMMY_KEY)
        .env("AWS_SECRET_ACCESS_KEY", super::aws_cli::DUMMY_KEY)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    Process::spawn(&mut command, &instance.path("emulator.log"))
}

/// Waits until the emulator answers, and makes sure that it is ours that does.
pub(crate) async fn wait_until_ready(
    instance: &Instance,
    process: &Process,
    port: u16,
) -> anyhow::Result<()> {
    let ready = format!("{}/_ministack/ready", url(port));
    for _ in 0..START.as_millis() / LOOK.as_millis() {
        if !process.is_alive() {
            bail!("the emulator ended:\n{}", last_lines(&instance.path("emulator.log")));
        }
        if proxy::answers(&ready).await {
            return match ports::owner(port) {
                Some(owner) if owner.pid != process.pid => {
                    bail!("port {port} is answered by another program (pid {})", owner.pid)
                }
                _ => Ok(()),
            };
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!(
        "the emulator is not ready after {START:?}:\n{}",
        last_lines(&instance.path("emulator.log"))
    )
}

/// Stops the emulator and waits until its state is written.
pub(crate) fn stop(process: &Process) {
    let step = Step::begin("Stopping the emulator");
    if process.stop(STOP) {
        step.done();
    } else {
        step.done_with("it did not stop and was killed; what changed since it started is lost");
    }
}

/// The end of a log: what a program said before it failed.
pub(crate) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
