//! Ports: whether one is free, and who has it when it is not.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Context, bail};

/// The process that listens on a port.
#[derive(Debug)]
pub(crate) struct Owner {
    /// Its number.
    pub(crate) pid: u32,
    command: String,
}

/// Fails, with the owner if that can be told, unless the port can be listened on.
pub(crate) fn ensure_free(port: u16, option: &str, variable: &str) -> anyhow::Result<()> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
        return Ok(());
    }
    let by = match owner(port) {
        Some(owner) => format!("by `{}` (pid {})", owner.command, owner.pid),
        None => "by another program".to_owned(),
    };
    bail!(
        "port {port} is taken {by}. Stop that program, or choose another port: \
         `cargo dev up {option} {}`, or {variable}={} in the environment",
        port.wrapping_add(100),
        port.wrapping_add(100),
    );
}

/// A port that nobody has at the moment.
pub(crate) fn any_free() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Who listens on a port. Nothing where the system does not tell (no /proc, or another user's).
pub(crate) fn owner(port: u16) -> Option<Owner> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.into_iter()
        .find(|pid| holds_any(*pid, &sockets))
        .map(|pid| Owner { pid, command: command_line(pid) })
}

/// proc_net_tcp(5): `sl local_address rem_address st ... inode`, where `0A` is LISTEN.
fn listening_inodes(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row.len() > 9 && row[1].ends_with(&suffix) && row[3] == "0A")
        .map(|row| row[9].to_owned())
        .collect()
}

fn holds_any(pid: u32, sockets: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(Path::new("/proc").join(pid.to_string()).join("fd")) else {
        return false;
    };
    descriptors
        .flatten()
        .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
        .any(|target| sockets.iter().any(|socket| target.to_str() == Some(socket)))
}

fn command_line(pid: u32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ").trim().chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_names_its_owner_and_the_way_out() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();

        let refusal = ensure_free(port, "--port", "SAPA_PORT").unwrap_err().to_string();

        assert!(refusal.contains("--port") && refusal.contains("SAPA_PORT="), "{refusal}");
        if Path::new("/proc/net/tcp").exists() {
            assert_eq!(owner(port).unwrap().pid, std::process::id());
            assert!(refusal.contains(&format!("pid {}", std::process::id())), "{refusal}");
        }
    }
}
