//! `cargo dev sim`: the simulation.

/// Runs `seeds` seeds, or one with its trace.
pub(crate) async fn run(_seeds: u64, _seed: Option<u64>) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
