//! The AWS command line, pointed at an emulator and at nothing else.
//!
//! CloudFormation and the packaging of functions are its trade; an SDK for them would cost every
//! build of the workspace more than these few calls cost here.

use std::path::PathBuf;

use crate::host::command::{isolated, output};
use crate::host::python::Venv;

/// The region that the emulator plays.
pub(crate) const REGION: &str = "us-east-1";
/// Key and secret alike: an emulator takes them for the account's root.
pub(crate) const DUMMY_KEY: &str = "test";

/// The command line for one endpoint.
#[derive(Debug)]
pub(crate) struct AwsCli {
    program: PathBuf,
    endpoint: String,
}

impl AwsCli {
    /// The command line of a virtual environment.
    pub(crate) fn new(venv: &Venv, endpoint: &str) -> Self {
        Self { program: venv.program("aws"), endpoint: endpoint.to_owned() }
    }

    /// Runs one command and returns what it prints. None of the caller's own AWS settings reach it,
    /// so that no slip of ours can touch a real account.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = isolated(self.program.with_file_name("python"));
        command
            .arg(&self.program)
            .args(arguments)
            .env("HOME", std::env::temp_dir())
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", REGION)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", DUMMY_KEY)
            .env("AWS_SECRET_ACCESS_KEY", DUMMY_KEY)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PAGER", "");
        output(&mut command)
    }
}
