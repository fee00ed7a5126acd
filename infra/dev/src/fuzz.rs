//! `cargo dev fuzz`: each way in from outside, for a minute.

use std::time::Duration;

use anyhow::{bail, ensure};
use world::fuzz::{TARGETS, Tally};

/// Fuzzes every target, or the one of this name. What fails is printed as small as it could be made.
pub(crate) fn run(name: Option<&str>, seconds: u64, seed: u64) -> anyhow::Result<()> {
    let targets: Vec<_> =
        TARGETS.iter().filter(|target| name.is_none_or(|name| target.name == name)).collect();
    let names = TARGETS.map(|target| target.name).join(", ");
    ensure!(!targets.is_empty(), "there is no such target; there are {names}");
    let mut failed = 0;
    for target in targets {
        match target.run(seed, Duration::from_secs(seconds)) {
            Ok(Tally { inputs, reached }) => println!(
                "{:<18} {inputs:>9} inputs, {reached:>9} of them behind the checks, all is well",
                target.name
            ),
            Err(error) => {
                println!("{error:#}");
                failed += 1;
            }
        }
    }
    if failed == 0 { Ok(()) } else { bail!("{failed} targets failed; the seed repeats it") }
}
