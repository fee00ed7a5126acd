//! What time brings: windows close, silence resolves rooms, jobs go on, messages and files that
//! were given up are taken up again.
//!
//! Runs every minute. Each part reads an index that names what is due, reads those rows, has the
//! domain decide, and writes on the condition that the row is still the one that was read. So two
//! runs beside each other do each thing once, a run that dies has done what it has done, and the
//! next one goes on: nothing leaves an index before it is dealt with.
//!
//! A run also waits for what falls due within its first seconds. So a room is dealt with at most
//! 50 seconds after it is due, which leaves ten for slow calls and a trigger that is not exact.

mod abandoned_files;
mod auto_resolve;
mod change_room;
mod due;
mod letters;
mod pace;
mod stranded_sends;
mod tally;
mod work_job;

use std::time::Duration;

use domain::Time;
use jiff::SignedDuration;
use platform::{Source, queue::Queue};
use store::Table;

use pace::Pace;
pub use tally::Tally;

use crate::outcomes::Metric;

/// How long a run begins new work: jobs go on in the next one.
const LIMIT: SignedDuration = SignedDuration::from_secs(45);

/// How far a run looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_secs(10);

/// How many rooms are read at once: what one batch takes.
const PAGE: i32 = 100;

/// How many of them are written side by side.
const WIDTH: usize = 32;

/// What the sweep works with.
#[derive(Debug)]
pub struct Sweep {
    table: Table,
    source: Source,
    queues: Queues,
    pace: Pace,
}

/// The queues that the sweep takes from and puts into.
#[derive(Debug)]
pub struct Queues {
    /// Messages to be sent.
    pub outbound: Queue,
    /// Those that it has given up.
    pub outbound_dead: Queue,
    /// Files to be fetched or taken away.
    pub media: Queue,
    /// Those for which that was given up.
    pub media_dead: Queue,
}

impl Sweep {
    /// Binds the sweep to a table and the queues.
    pub fn new(table: Table, source: Source, queues: Queues) -> Self {
        Self { table, source, queues, pace: Pace::default() }
    }

    /// One run.
    pub async fn run(&self) -> Tally {
        let end = self.now().plus(LIMIT);
        let (due, silent, letters) = tokio::join!(
            // Sixteen shards side by side are too much for a stack.
            Box::pin(self.due(end)),
            Box::pin(self.auto_resolve(end)),
            Box::pin(self.dead_letters(end)),
        );
        due + silent + letters
    }

    /// Tells whoever watches that a run left something to the next one.
    pub fn tell(&self, tally: &Tally) {
        if tally.failed > 0 {
            Metric::FailedSweeps.count(self.now());
        }
    }

    fn now(&self) -> Time {
        Time::from(self.source.now())
    }

    /// Waits until then, if that is still to come.
    async fn wait_until(&self, time: Time) {
        let millis = u64::try_from(time.millis() - self.now().millis()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}
