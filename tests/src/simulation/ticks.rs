//! The schedule: a tick every minute, for as long as anything could be due.
//!
//! A run may die, be throttled, or meet another one. What it deals with may be late by a minute,
//! and by the time that faults took: since the last run that did all it had to do.

use std::time::Duration;

use serde_json::{Value, json};

use super::Simulation;
use crate::requests::ApiRequest;

const TICK: u64 = 60_000;

impl Simulation {
    /// The first company has silence resolve its rooms; the second has not.
    pub(super) async fn turn_auto_resolve_on(&self) -> anyhow::Result<()> {
        let after_minutes = self.chaos.pick(&[1, 7, 120, 1500]);
        let settings = json!({
            "enabled": true, "after_minutes": after_minutes, "include_unassigned": true,
        });
        let request = ApiRequest::new("PUT", "/v1/settings/auto_resolve");
        let set = self.world.api(request.body(settings.to_string())).await?;
        anyhow::ensure!(set.status == 200, "{}", set.json);
        let mut books = self.books.borrow_mut();
        (books.after_minutes, books.healthy_at) = (after_minutes, self.world.clock.now_ms());
        Ok(())
    }

    /// Ticks, for ever.
    pub(super) async fn ticks(&self) -> anyhow::Result<()> {
        loop {
            let now = self.world.clock.now_ms();
            tokio::time::sleep(Duration::from_millis(TICK - now % TICK)).await;
            self.tick().await;
        }
    }

    /// Time passes; of its ticks those happen in which there is something to do.
    pub(super) async fn ticks_for(&self, time: Duration) -> anyhow::Result<()> {
        let end = self.world.clock.now_ms() + u64::try_from(time.as_millis())?;
        loop {
            let now = self.world.clock.now_ms();
            let next_tick = now - now % TICK + TICK;
            let due = self.next_due()?.unwrap_or(u64::MAX);
            let tick = due.max(next_tick).div_ceil(TICK).saturating_mul(TICK);
            if tick >= end {
                self.world.pass(Duration::from_millis(end.saturating_sub(now))).await;
                // Unless runs that died have left something that waits for the next one.
                if due >= now {
                    self.books.borrow_mut().healthy_at = end;
                }
                return Ok(());
            }
            self.world.pass(Duration::from_millis(tick - now)).await;
            if tick > next_tick {
                // The ticks that were passed over had nothing to do.
                self.books.borrow_mut().healthy_at = tick - TICK;
            }
            self.tick().await;
        }
    }

    async fn tick(&self) {
        let began = self.world.clock.now_ms();
        let names: &[&str] =
            if self.chaos.chance(15) { &["sweep/one", "sweep/two"] } else { &["sweep/one"] };
        let runs = names.iter().map(|name| {
            let process = self.process(name);
            async move { self.world.sweep(&process).await }
        });
        let runs = futures_util::future::join_all(runs).await;
        let now = self.world.clock.now_ms();
        let mut books = self.books.borrow_mut();
        let allowed = TICK.max(now.saturating_sub(books.healthy_at));
        for tally in runs.iter().flatten() {
            if u64::try_from(tally.late_ms).is_ok_and(|late| late > allowed) {
                books
                    .late
                    .push(format!("at {now} the sweep was late, by {allowed} at most: {tally:?}"));
            }
        }
        if runs.iter().flatten().any(|tally| tally.failed == 0) {
            books.healthy_at = began;
        }
        drop(books);
        self.note(format!("swept: {runs:?}"));
    }

    /// When something falls due next, by the rows themselves.
    fn next_due(&self) -> anyhow::Result<Option<u64>> {
        let rows = self.world.wire.services().dynamodb.rows()?;
        let own = format!("o#{}#", self.world.company().provisioned.organization_id);
        let silence = self.books.borrow().after_minutes * 60_000;
        let number = |value: &Value| value["N"].as_str().and_then(|text| text.parse::<u64>().ok());
        let due = rows.iter().filter_map(|row| {
            let shard = row["dpk"]["S"].as_str().is_some_and(|dpk| dpk.starts_with("due#"));
            let due = row["dsk"]["S"].as_str().filter(|_| shard);
            let due = due.and_then(|dsk| dsk.parse::<u64>().ok());
            let is_own = row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(&own));
            let is_open = row["sk"]["S"] == "room" && row["status"]["S"] != "resolved";
            let silent = number(&row["activity_at"]).filter(|_| is_own && is_open);
            let silent = silent.map(|at| at + silence);
            due.into_iter().chain(silent).min()
        });
        Ok(due.min())
    }
}
