//! `cargo dev sim`: the simulation, over many seeds or with the trace of one.

use anyhow::bail;
use world::simulation;

/// Runs so many seeds from the first on, or just one with its trace. A seed that fails names itself;
/// alone it shows all rows that it left, too.
pub(crate) fn run(seeds: u64, first: u64, seed: Option<u64>) -> anyhow::Result<()> {
    if let Some(seed) = seed {
        let report = world::virtual_time(|| simulation::run(seed))?;
        report.trace.iter().for_each(|line| println!("{line}"));
        return match report.wrong.as_slice() {
            [] => Ok(()),
            wrong => {
                report.rows.iter().for_each(|row| println!("row {row}"));
                bail!("seed {seed}: {}", wrong.join("; "))
            }
        };
    }
    let failed = simulation::run_all(first..first + seeds, |done| {
        if done % 50 == 0 {
            eprintln!("  {done} of {seeds} seeds");
        }
    })?;
    if failed.is_empty() {
        println!("{seeds} seeds: nothing lost, doubled, hidden or misbilled");
        return Ok(());
    }
    for report in &failed {
        println!("seed {}: {}", report.seed, report.wrong.join("; "));
    }
    bail!("{} of {seeds} seeds failed; replay one with `cargo dev sim --seed K`", failed.len())
}
