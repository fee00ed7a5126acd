//! `cargo dev bench`: how it holds up, in virtual time over the test world.

use anyhow::ensure;
use world::{
    bench::{Load, Run, sweep as measure},
    virtual_time,
};

/// Rooms that fall due within one minute, at each number of open rooms. Fails where a room is
/// late, dear, or reads grow with the rooms that are not due.
pub(crate) fn sweep(due: usize, open: &[usize]) -> anyhow::Result<()> {
    println!(
        "{due} rooms of one organization fall due within one minute; a key takes 1,000 WRU a second\n"
    );
    let mut reads = Vec::new();
    for &open in open {
        let seeding = |done, all| eprintln!("  {done} of {all} rooms are in the table");
        let load = Load { due, open };
        let run = virtual_time(|| measure(load, seeding))?;
        print(open, &run);
        ensure!(run.expired == u64::try_from(due)?, "only {} rooms were marked", run.expired);
        ensure!(run.late_ms <= 60_000, "a room was {} ms late", run.late_ms);
        ensure!(run.expire_wru <= 2.05, "a room took {} units", run.expire_wru);
        // With few rooms the run's own beginning and end weigh more than the rooms.
        let is_many = due >= 10_000;
        ensure!(
            !is_many || run.job_rate >= 500.0,
            "the job resolved {} rooms a second",
            run.job_rate
        );
        reads.push(run.reads);
    }
    let most = reads.iter().copied().fold(0.0, f64::max);
    let least = reads.iter().copied().fold(f64::INFINITY, f64::min);
    // Which run sees a room first may differ by a page.
    ensure!(most - least <= 32.0 + most / 100.0, "reads grow with open rooms: {reads:?}");
    Ok(())
}

fn print(open: usize, run: &Run) {
    println!("{open} rooms open besides:");
    println!("  marked as expired    {:>12} rooms in {} runs", run.expired, run.runs);
    println!("  latest room          {:>12} ms late", run.late_ms);
    println!("  written              {:>12.3} WRU per room", run.expire_wru);
    println!(
        "  read                 {:>12.1} RRU, {:.3} per room",
        run.reads,
        run.reads / run.expired as f64
    );
    println!("  refused as too many  {:>12} calls", run.throttled);
    println!(
        "  resolve_expired      {:>12.0} rooms a second, {:.3} WRU per room\n",
        run.job_rate, run.job_wru
    );
}
