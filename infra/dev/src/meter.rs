//! `cargo dev meter`: what each operation costs.

/// Counts, and fails past a budget.
pub(crate) async fn run(_json: bool) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
