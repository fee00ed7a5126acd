//! `cargo dev`: the whole of local development in one command, and what it takes to run Sapa on AWS.
//!
//! `up` puts the real template and the real binaries onto an emulator of AWS on this machine, and
//! `down` takes away exactly what `up` started. Everything lives below `target/`: nothing is
//! installed elsewhere, and deleting that folder is a clean start.
//!
//! The map: [`host`] is what this machine has to offer (Python, ports, processes), [`stack`] is what
//! is put on it or on AWS (emulator, functions, deployment), `serve` and `proxy` are the process that
//! stays, [`simulator`] plays the channel, [`operate`] is for who runs an installation, and the other
//! files are one command each.

mod bench;
mod check;
mod cli;
mod down;
mod fuzz;
mod host;
mod meter;
mod operate;
mod proxy;
mod say;
mod seed;
mod serve;
mod sim;
mod simulator;
mod stack;
mod test;
mod up;

use std::process::ExitCode;

use clap::Parser;

use cli::{Bench, Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // For a person: what failed and why, in one line, and no backtrace.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { instance, command, up }: Cli) -> anyhow::Result<()> {
    match command.unwrap_or(Command::Up(up)) {
        Command::Up(options) => up::run(&instance, &options).await,
        Command::Down => down::run(&instance),
        Command::Test { arguments } => test::run(&arguments).await,
        Command::Check => check::run(),
        Command::Say { from, text } => say::run(&instance, &from, &text).await,
        Command::Meter { json } => meter::run(json),
        Command::Sim { seeds, first, seed } => sim::run(seeds, first, seed),
        Command::Fuzz { target, seconds, seed } => fuzz::run(target.as_deref(), seconds, seed),
        Command::Bench { what } => {
            if host::optimized::runs_there()? {
                return Ok(());
            }
            match what {
                Bench::Sweep { due, open } => bench::sweep(due, &open),
            }
        }
        Command::Deploy(options) => operate::deploy(&instance, &options).await,
        Command::Organization(options) => operate::organization(&instance, &options).await,
        Command::Logs(options) => operate::logs(&instance, &options),
        Command::Redrive(options) => operate::redrive(&instance, &options).await,
        Command::Serve { plan } => serve::run(&plan).await,
    }
}
