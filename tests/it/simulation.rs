//! The simulation, over as many seeds as CI has time for.

use world::{simulation, virtual_time};

/// Seeds in CI, some four minutes of two cores; `cargo dev sim --seeds N` runs more.
const SEEDS: u64 = 48;

#[test]
fn nothing_is_lost_doubled_hidden_or_misbilled() {
    let failed = simulation::run_all(0..SEEDS, |_| ()).unwrap();
    let failed: Vec<String> = failed
        .iter()
        .map(|report| format!("seed {}: {}", report.seed, report.wrong.join("; ")))
        .collect();
    assert!(failed.is_empty(), "replay with `cargo dev sim --seed K`\n{}", failed.join("\n"));
}

#[test]
fn a_seed_replays_to_the_letter() {
    let run = || virtual_time(|| simulation::run(11)).unwrap().trace;
    let (once, again) = (run(), run());
    assert!(once.len() > 100, "nothing happened");
    let difference = once.iter().zip(&again).position(|(a, b)| a != b);
    assert_eq!(difference.map(|at| (&once[at], &again[at])), None);
    assert_eq!(once.len(), again.len());
}
