//! What is put on this machine: the emulator, the functions, the template.

pub(crate) mod aws_cli;
pub(crate) mod deploy;
pub(crate) mod emulator;
pub(crate) mod functions;
pub(crate) mod instance;
pub(crate) mod saved_state;
