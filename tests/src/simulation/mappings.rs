//! What AWS does between the functions: the stream and the queues, in no order that can be relied
//! on.

use std::time::Duration;

use super::Simulation;

/// How often a mapping looks whether there is something to do.
const LOOK: (u64, u64) = (5, 60);

impl Simulation {
    /// Runs all mappings, for ever.
    pub(super) async fn mappings(&self) -> anyhow::Result<()> {
        let stream = self.stream();
        // Two at a time, so that rooms run beside each other.
        let (one, two) = (self.queue("outbound.fifo", "one"), self.queue("outbound.fifo", "two"));
        let (retries, files) = (self.queue("retry", "one"), self.queue("media", "one"));
        futures_util::try_join!(stream, one, two, retries, files).map(drop)
    }

    async fn stream(&self) -> anyhow::Result<()> {
        loop {
            let process = self.process("relay");
            let most = usize::try_from(self.chaos.between(1, 20))?;
            if !self.world.relay(&process, most).await? {
                self.chaos.pause(LOOK.0, LOOK.1).await;
            }
        }
    }

    async fn queue(&self, name: &str, worker: &str) -> anyhow::Result<()> {
        loop {
            let process = self.process(&format!("{}/{worker}", name.trim_end_matches(".fifo")));
            let pick = usize::try_from(self.chaos.between(0, 9))?;
            if self.world.consume(&process, name, pick).await? {
                continue;
            }
            let now = self.world.clock.now_ms();
            let next = self.world.queue(name, |queue| queue.next_at()).unwrap_or(now + 200);
            let wait = next.saturating_sub(now).clamp(1, 200);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
}
