//! How fast rooms are written.
//!
//! Rooms that change move in index partitions that they share with all others of their shard or of
//! their organization, and a partition takes 1,000 units a second; what is refused would have to be
//! tried again. Whoever writes rooms takes a turn for them, so that all who write into one partition
//! stay below that together: what silence resolves, and every job of an organization.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{Id, integration::Organization};
use tokio::time::{Instant, sleep_until};

/// The least time that a room takes: 800 rooms in a second.
const PER_ROOM: Duration = Duration::from_micros(1250);

/// What rooms share when they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Partition {
    /// A shard of the due index, which marked rooms leave.
    Due(char),
    /// The inbox of an organization, whose resolved box rooms enter.
    Inbox(Id<Organization>),
}

/// When each partition is free again.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<Partition, Instant>>);

impl Pace {
    /// Waits until so many rooms of a partition may be written.
    pub(super) async fn turn(&self, partition: Partition, rooms: usize) {
        if rooms > 0 {
            sleep_until(self.reserve(partition, rooms)).await;
        }
    }

    fn reserve(&self, partition: Partition, rooms: usize) -> Instant {
        let takes = PER_ROOM.saturating_mul(u32::try_from(rooms).unwrap_or(u32::MAX));
        let now = Instant::now();
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(|_, free| *free > now);
        let free = free.entry(partition).or_insert(now);
        let begins = *free;
        *free += takes;
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn eight_pages(pace: &Pace, partition: Partition) {
        for _ in 0..8 {
            pace.turn(partition, 100).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_share_a_partition_share_its_time() {
        let (pace, began) = (Pace::default(), Instant::now());
        let [one, other] = ["one", "other"].map(|name| Partition::Inbox(Id::derived(&[name])));
        tokio::join!(eight_pages(&pace, one), eight_pages(&pace, one));
        // Fifteen pages came before the last one.
        let shared = began.elapsed();
        assert!((1_870..1_880).contains(&shared.as_millis()), "{shared:?}");

        pace.turn(one, 1).await;
        let began = Instant::now();
        let shard = Partition::Due('0');
        tokio::join!(eight_pages(&pace, one), eight_pages(&pace, other), eight_pages(&pace, shard));
        let alone = began.elapsed();
        assert!((870..880).contains(&alone.as_millis()), "{alone:?}");
    }
}
