//! `cargo dev meter`: what each operation costs.

use anyhow::bail;
use world::{
    metering::{Budget, measure},
    virtual_time,
};

/// Counts, prints, and fails past a budget.
pub(crate) fn run(json: bool) -> anyhow::Result<()> {
    let lines = virtual_time(measure)?;
    if json {
        println!("{}", serde_json::to_string(&lines)?);
    } else {
        println!("{:<20} {:>8} {:>8} {:>8}   budget", "operation", "calls", "WRU", "RRU");
        for line in &lines {
            let budget = budget(&line.budget);
            println!(
                "{:<20} {:>8.2} {:>8.2} {:>8.2}   {budget}{}",
                line.operation,
                line.calls,
                line.wru,
                line.rru,
                if line.is_within() { "" } else { "  EXCEEDED" },
            );
        }
    }
    let past: Vec<_> =
        lines.iter().filter(|line| !line.is_within()).map(|line| line.operation).collect();
    if past.is_empty() { Ok(()) } else { bail!("past their budget: {}", past.join(", ")) }
}

/// The limits that there are.
fn budget(budget: &Budget) -> String {
    let limits = [(budget.wru, "WRU"), (budget.rru, "RRU"), (budget.calls, "calls")];
    let limits = limits.iter().filter(|(limit, _)| limit.is_finite());
    limits.map(|(limit, unit)| format!("{limit} {unit}")).collect::<Vec<_>>().join(", ")
}
