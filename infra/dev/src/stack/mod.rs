//! What is put on this machine or on AWS: the emulator, the functions, the template.

pub(crate) mod artifacts;
pub(crate) mod aws_cli;
pub(crate) mod cloud_formation;
pub(crate) mod deploy;
pub(crate) mod emulator;
pub(crate) mod functions;
pub(crate) mod instance;
pub(crate) mod lambda_env;
pub(crate) mod release;
pub(crate) mod saved_state;
pub(crate) mod target;
