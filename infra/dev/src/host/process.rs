//! Background processes: started in a group of their own, recognised again, stopped.
//!
//! A number is not an identity: after a reboot or a long day it may belong to somebody else. So a
//! process is known by its number and its start time together, and none is signalled otherwise.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

/// How often a process that should exit is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A process of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Its number, which is its group's too.
    pub(crate) pid: u32,
    /// When it started, in the words of the system.
    started: String,
}

impl Process {
    /// Starts a program in the background, with its output appended to a file.
    ///
    /// In a group of its own, so that Ctrl-C in the terminal does not reach it: it is stopped in
    /// order, or goes on.
    pub(crate) fn spawn(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
        let pid = child.id();
        let started = start_time(pid).context("the process ended at once")?;
        Ok(Self { pid, started })
    }

    /// Whether it still runs. One that ended but was not collected yet does not.
    pub(crate) fn is_alive(&self) -> bool {
        start_time(self.pid).is_some_and(|started| started == self.started)
    }

    /// Asks it to stop and waits. One that does not within the patience is killed; `false` then.
    pub(crate) fn stop(&self, patience: Duration) -> bool {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return true;
        };
        if !self.is_alive() {
            return true;
        }
        // An error means that it ended in between.
        let _ = kill_process(pid, Signal::TERM);
        let looks = patience.as_millis() / LOOK.as_millis();
        for _ in 0..looks {
            if !self.is_alive() {
                // What it had started and did not take along.
                let _ = kill_process_group(pid, Signal::KILL);
                return true;
            }
            sleep(LOOK);
        }
        let _ = kill_process_group(pid, Signal::KILL);
        false
    }
}

/// When a process started, or nothing if it is gone.
fn start_time(pid: u32) -> Option<String> {
    if Path::new("/proc/self/stat").exists() { from_proc(pid) } else { from_ps(pid) }
}

fn from_proc(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, second, is in brackets and may hold anything; what follows the last one is regular.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let state = fields.next()?;
    // proc_pid_stat(5): state is field 3, starttime field 22.
    let started = fields.nth(18)?;
    (state != "Z").then(|| started.to_owned())
}

fn from_ps(pid: u32) -> Option<String> {
    let output =
        Command::new("ps").args(["-o", "stat=,lstart=", "-p", &pid.to_string()]).output().ok()?;
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let (state, started) = line.trim().split_once(' ')?;
    (!state.starts_with('Z')).then(|| started.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_recognised_and_stopped_once() {
        let log = std::env::temp_dir().join("sapa-dev-process-test.log");
        let process = Process::spawn(Command::new("sleep").arg("60"), &log).unwrap();
        assert!(process.is_alive());

        let other = Process { started: "0".to_owned(), ..process.clone() };
        assert!(!other.is_alive(), "the same number with another start time is somebody else");
        assert!(other.stop(Duration::from_secs(1)));
        assert!(process.is_alive(), "and is not signalled");

        assert!(process.stop(Duration::from_secs(5)));
        assert!(!process.is_alive());
    }
}
