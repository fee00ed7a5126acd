//! The command line.

mod operator;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use operator::{
    Architecture, DeployOptions, LogsOptions, OrganizationOptions, RedriveOptions, Where,
};

/// Sapa's development environment. Without a command: up.
#[derive(Debug, Parser)]
#[command(
    name = "cargo dev",
    bin_name = "cargo dev",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    /// Which environment: each has its own ports and data.
    #[arg(long, global = true, hide = true, default_value = "dev")]
    pub(crate) instance: String,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) up: UpOptions,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start everything: emulator, functions, simulator, reverse proxy.
    Up(UpOptions),
    /// Stop what up started. Its data stays.
    Down,
    /// Run all tests, end to end ones included, on an environment of their own.
    Test {
        /// Passed on to `cargo test`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check format, lints, dependencies and the template.
    Check,
    /// Write to the company as a customer.
    Say {
        /// The customer's phone number, such as +628123456789.
        from: String,
        /// The message.
        text: String,
    },
    /// Count what each operation costs, and hold it against its budget.
    Meter {
        /// One JSON list on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Run the simulation.
    Sim {
        /// How many seeds to run.
        #[arg(long, default_value_t = 100)]
        seeds: u64,
        /// The first of them.
        #[arg(long, default_value_t = 0)]
        first: u64,
        /// One seed: runs just this one and prints its trace, and if it fails its rows.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Change what strangers can send at random, and see that nothing fails.
    Fuzz {
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
        /// How long for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Where the random numbers begin.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Measure how something holds up, in virtual time.
    Bench {
        /// What to measure.
        #[command(subcommand)]
        what: Bench,
    },
    /// Build and deploy to AWS, or to an emulator: shows the changes and asks first.
    Deploy(DeployOptions),
    /// Make an organization, and invite its first admin.
    Organization(OrganizationOptions),
    /// Show what the functions logged, in the order of time.
    Logs(LogsOptions),
    /// Move what the queues and the stream gave up back to where it came from.
    Redrive(RedriveOptions),
    /// The process that up leaves behind: reverse proxy and simulator.
    #[command(hide = true)]
    Serve {
        /// The file that up wrote for it.
        plan: PathBuf,
    },
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Rooms that fall due within one minute: lateness, units per room, and reads, at few and at
    /// many open rooms.
    Sweep {
        /// How many rooms of one organization fall due.
        #[arg(long, default_value_t = 100_000)]
        due: usize,
        /// How many rooms are open besides, one run each.
        #[arg(long, value_delimiter = ',', default_value = "10000,1000000")]
        open: Vec<usize>,
    },
}

/// How to start.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct UpOptions {
    /// Return once everything runs, instead of staying and showing the logs.
    #[arg(long)]
    pub(crate) detach: bool,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(crate) json: bool,
    /// Deploy to a LocalStack that runs already, such as http://localhost:4566.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Port of the reverse proxy. [default: 9000]
    #[arg(long, env = "SAPA_PORT")]
    pub(crate) port: Option<u16>,
    /// Port of the emulator. [default: 4566]
    #[arg(long, env = "SAPA_EMULATOR_PORT")]
    pub(crate) emulator_port: Option<u16>,
}
