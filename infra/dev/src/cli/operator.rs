//! The command line of who runs Sapa: on AWS, on an emulator, or on this machine.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// Which stack a command is about. Nothing said: the environment that `cargo dev up` made here.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Where {
    /// The stack's name on AWS. [default: sapa, if anything else is said of where]
    #[arg(long, value_parser = stack_name)]
    pub(crate) stack: Option<String>,
    /// The region. [default: the one that AWS tools would take]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// A profile of the AWS configuration. [default: the credentials that AWS tools would take]
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// An emulator instead of AWS, such as http://localhost:4566.
    #[arg(long, value_name = "URL", conflicts_with_all = ["region", "profile"])]
    pub(crate) endpoint: Option<String>,
}

/// What to deploy, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeployOptions {
    #[command(flatten)]
    pub(crate) place: Where,
    /// What the functions run on. [default: arm64 on AWS, this machine's on an emulator]
    #[arg(long)]
    pub(crate) architecture: Option<Architecture>,
    /// A parameter of infra/template.yaml. One that is not named stays as it was.
    #[arg(long = "parameter", value_name = "KEY=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<Parameter>,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// A processor, by the name that Lambda has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    /// AWS Graviton: cheaper.
    Arm64,
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// As Lambda and the template call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// This machine's.
    pub(crate) fn here() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }
}

/// A parameter of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// An organization and its first admin.
#[derive(Debug, Clone, Args)]
pub(crate) struct OrganizationOptions {
    #[command(flatten)]
    pub(crate) place: Where,
    /// The organization's name. The same name means the same organization.
    #[arg(long)]
    pub(crate) name: String,
    /// The admin's name.
    #[arg(long)]
    pub(crate) admin_name: String,
    /// The admin's address: the first password is mailed to it.
    #[arg(long)]
    pub(crate) admin_email: String,
    /// Send another first password to an admin who has yet to sign in.
    #[arg(long)]
    pub(crate) again: bool,
}

/// Which lines to show.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogsOptions {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Only this function's, such as webhook; may be repeated.
    #[arg(long = "function", value_name = "NAME")]
    pub(crate) functions: Vec<String>,
    /// Only lines of this trace.
    #[arg(long, value_name = "ID")]
    pub(crate) trace: Option<String>,
    /// How far back to begin: a number with s, m, h or d.
    #[arg(long, default_value = "10m", value_parser = duration)]
    pub(crate) since: Duration,
    /// Go on showing what comes, until Ctrl-C.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Show metrics, too.
    #[arg(long)]
    pub(crate) metrics: bool,
}

/// What to move back.
#[derive(Debug, Clone, Args)]
pub(crate) struct RedriveOptions {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Only this queue's messages, such as outbound; may be repeated.
    #[arg(long = "queue", value_name = "NAME")]
    pub(crate) queues: Vec<String>,
    /// Only the stream's batches (with --queue: those, too).
    #[arg(long)]
    pub(crate) batches: bool,
    /// Count, and move nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Stacks name functions and queues, so theirs are shorter than CloudFormation would allow.
fn stack_name(text: &str) -> Result<String, String> {
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if starts && is_plain && text.len() <= 24 {
        return Ok(text.to_owned());
    }
    Err("1 to 24 lower-case letters, digits and hyphens, a letter first".to_owned())
}

fn parameter(text: &str) -> Result<Parameter, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok(Parameter { key: key.to_owned(), value: value.to_owned() })
        }
        Some(_) | None => Err("Key=Value is expected".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a number with s, m, h or d is expected, such as 10m".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(wrong()),
    };
    let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(count) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("2h", 7200), ("14d", 1_209_600)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "10", "m", "-1m", "1.5h", "10w", "10µ", "99999999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn parameters_may_hold_anything_but_need_a_key() {
        let url = parameter("PublicUrl=https://a.example/?b=c").unwrap();
        assert_eq!((url.key.as_str(), url.value.as_str()), ("PublicUrl", "https://a.example/?b=c"));
        assert_eq!(parameter("AlarmTopicArn=").unwrap().value, "");
        assert!(parameter("=x").is_err() && parameter("x").is_err());
    }

    #[test]
    fn stacks_have_names_that_functions_and_buckets_can_begin_with() {
        assert!(stack_name("sapa-2").is_ok());
        for wrong in ["", "2sapa", "Sapa", "sapa_2", "-sapa", "a-name-that-is-much-too-long"] {
            assert!(stack_name(wrong).is_err(), "{wrong}");
        }
    }
}
