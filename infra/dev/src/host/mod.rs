//! What this machine has to offer: tools, processes, ports, a place for Python packages.

pub(crate) mod command;
pub(crate) mod confirm;
pub(crate) mod optimized;
pub(crate) mod ports;
pub(crate) mod prerequisites;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod python;
