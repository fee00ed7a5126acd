//! A running stack as who runs it reaches it: its cloud, its commands, its processes.

use std::{fs, process::Command};

use anyhow::{Context, ensure};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::config::Credentials;

use super::{Stack, variable};

impl Stack {
    /// The emulator as its owner reaches it.
    pub(crate) async fn aws(&self) -> anyhow::Result<SdkConfig> {
        let endpoint = format!("http://127.0.0.1:{}", self.state("emulator_port"));
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(platform::aws::http_client())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "e2e"))
            .endpoint_url(endpoint);
        Ok(config.load().await)
    }

    /// The stack's bucket.
    pub(crate) async fn bucket(&self, s3: &aws_sdk_s3::Client) -> anyhow::Result<String> {
        let name = self.state("stack");
        let buckets = s3.list_buckets().send().await?.buckets.unwrap_or_default();
        let mut names = buckets.into_iter().filter_map(|bucket| bucket.name);
        let is_own = |bucket: &String| bucket.starts_with(&name) && !bucket.ends_with("-artifacts");
        names.find(is_own).context("the stack has a bucket")
    }

    /// A command of `cargo dev` on this stack; what it prints.
    pub(crate) fn dev(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let name = self.state("stack");
        let instance = name.strip_prefix("sapa-").context("the environment's name")?;
        let output = Command::new(variable("SAPA_E2E_DEV")?)
            .args(arguments)
            .args(["--instance", instance])
            // It belongs to the package whose test this is: the program knows its own.
            .env_remove("CARGO_MANIFEST_DIR")
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Kills every process of a function; how many there were.
    pub(crate) fn kill(&self, function: &str) -> anyhow::Result<usize> {
        let stack = self.state["stack"].as_str().unwrap_or_default();
        let variable = format!("AWS_LAMBDA_FUNCTION_NAME={stack}-{function}");
        let emulator = self.state["emulator"]["pid"].as_u64().context("no emulator of ours")?;
        let mut killed = 0;
        for entry in fs::read_dir("/proc")? {
            let path = entry?.path();
            let Some(pid) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Ok(environment) = fs::read(path.join("environ")) else { continue };
            let is_ours =
                environment.split(|byte| *byte == 0).any(|line| line == variable.as_bytes());
            let stat = fs::read_to_string(path.join("stat")).unwrap_or_default();
            let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
            if is_ours && parent.and_then(|pid| pid.parse().ok()) == Some(emulator) {
                let done = Command::new("kill").args(["-9", pid]).status()?;
                killed += usize::from(done.success());
            }
        }
        Ok(killed)
    }
}
