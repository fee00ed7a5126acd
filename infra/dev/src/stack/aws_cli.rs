//! The AWS command line, pointed at an emulator or at the caller's own account.
//!
//! CloudFormation, logs and the packaging of functions are its trade; an SDK for them would cost
//! every build of the workspace more than these few calls cost here. What it comes with (botocore)
//! also finds credentials in all the ways that AWS knows, for the few SDK calls that we make.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::config::Credentials;
use serde::Deserialize;
use serde_json::Value;

use crate::host::command::{environment, isolated, output};
use crate::host::python::Venv;

/// The region that an emulator plays.
pub(crate) const REGION: &str = "us-east-1";
/// Key and secret alike: an emulator takes them for the account's root.
pub(crate) const DUMMY_KEY: &str = "test";
/// Tells who the caller is, in the words of [`Access`].
const ACCESS: &str = include_str!("access.py");

/// Whom the command line talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// An emulator, which takes dummy keys.
    Emulator {
        /// Where it answers.
        endpoint: String,
    },
    /// AWS, with the caller's own settings where nothing else is said.
    Account {
        /// A profile of theirs.
        profile: Option<String>,
        /// The region.
        region: Option<String>,
    },
}

/// The command line for one place.
#[derive(Debug, Clone)]
pub(crate) struct AwsCli {
    python: PathBuf,
    program: PathBuf,
    place: Place,
}

/// Credentials of the caller, and the region they would work in.
#[derive(Deserialize)]
struct Access {
    region: String,
    key: String,
    secret: String,
    token: Option<String>,
}

impl AwsCli {
    /// The command line of a virtual environment.
    pub(crate) fn new(venv: &Venv, place: Place) -> Self {
        Self { python: venv.program("python"), program: venv.program("aws"), place }
    }

    /// Whom it talks to.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Runs one command and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        output(self.python().arg(&self.program).args(arguments))
    }

    /// Runs one command for its JSON; null when it prints nothing.
    pub(crate) fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let text =
            output(self.python().arg(&self.program).args(arguments).args(["--output", "json"]))?;
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).with_context(|| format!("what `aws {}` says", arguments[0]))
    }

    /// Python with botocore, talking to the same place.
    ///
    /// None of the caller's own AWS settings reach one that is meant for an emulator, so that no
    /// slip of ours can touch a real account.
    pub(crate) fn python(&self) -> Command {
        match &self.place {
            Place::Emulator { endpoint } => {
                let mut command = isolated(&self.python);
                command
                    .env("HOME", std::env::temp_dir())
                    .env("AWS_CONFIG_FILE", "/dev/null")
                    .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
                    .env("AWS_ENDPOINT_URL", endpoint)
                    .env("AWS_REGION", REGION)
                    .env("AWS_DEFAULT_REGION", REGION)
                    .env("AWS_ACCESS_KEY_ID", DUMMY_KEY)
                    .env("AWS_SECRET_ACCESS_KEY", DUMMY_KEY)
                    .env("AWS_EC2_METADATA_DISABLED", "true")
                    .env("AWS_PAGER", "");
                command
            }
            Place::Account { profile, region } => {
                let mut command = Command::new(&self.python);
                command.env("AWS_PAGER", "");
                if let Some(profile) = profile {
                    // A profile is asked for, and keys in the environment would win over it.
                    command.env("AWS_PROFILE", profile);
                    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
                    command.env_remove("AWS_SESSION_TOKEN");
                }
                // This command line reads only the older of the two names.
                let region = region.clone().map(Into::into).or_else(|| environment("AWS_REGION"));
                if let Some(region) = region.filter(|region| !region.is_empty()) {
                    command.env("AWS_DEFAULT_REGION", &region).env("AWS_REGION", region);
                }
                command
            }
        }
    }

    /// The region that calls go to.
    pub(crate) fn region(&self) -> anyhow::Result<String> {
        match &self.place {
            Place::Emulator { .. } => Ok(REGION.to_owned()),
            Place::Account { .. } => Ok(self.access()?.region),
        }
    }

    /// The same place for the SDK.
    pub(crate) async fn sdk(&self) -> anyhow::Result<SdkConfig> {
        let access = match &self.place {
            Place::Emulator { .. } => Access {
                region: REGION.to_owned(),
                key: DUMMY_KEY.to_owned(),
                secret: DUMMY_KEY.to_owned(),
                token: None,
            },
            Place::Account { .. } => self.access()?,
        };
        let Access { region, key, secret, token } = access;
        let mut config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(platform::aws::http_client())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(key, secret, token, None, "cargo dev"));
        if let Place::Emulator { endpoint } = &self.place {
            config = config.endpoint_url(endpoint);
        }
        Ok(config.load().await)
    }

    fn access(&self) -> anyhow::Result<Access> {
        let told = output(self.python().args(["-c", ACCESS])).context("finding AWS credentials")?;
        serde_json::from_str(&told).context("what botocore says of the credentials")
    }
}
