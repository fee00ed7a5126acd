//! Rooms and jobs that have fallen due: the due index, shard by shard, side by side.

use std::collections::BTreeMap;

use domain::{
    Id, Time,
    integration::Organization,
    job::Job,
    room::{Looked, Room, look},
};
use futures_util::{StreamExt, future::join_all, stream};
use store::{DueRow, Falling, StoreError, Tenant, Versioned};

use super::{AHEAD, Sweep, Tally, WIDTH, pace::Partition};

/// What one walk through a shard came to.
#[derive(Default)]
struct Walk {
    tally: Tally,
    /// When the last of those is due that the walk saw and that were not due yet.
    soon: Option<Time>,
    jobs: Vec<(Id<Organization>, Id<Job>)>,
}

impl Sweep {
    pub(super) async fn due(&self, end: Time) -> Tally {
        let horizon = self.now().plus(AHEAD);
        let shards = store::shards().map(|shard| Box::pin(self.shard(shard, horizon, end)));
        join_all(shards).await.into_iter().sum()
    }

    /// Deals with a shard; its jobs go on beside the waiting for what falls due soon.
    async fn shard(&self, shard: char, horizon: Time, end: Time) -> Tally {
        let Walk { tally, mut soon, jobs } = self.walk(shard, horizon, end).await;
        let later = async {
            let mut tally = Tally::default();
            while let Some(at) = soon {
                self.wait_until(at).await;
                let next = self.walk(shard, horizon, end).await;
                (tally, soon) = (tally + next.tally, next.soon);
            }
            tally
        };
        let jobs = jobs.into_iter().map(|(org, id)| Box::pin(self.work_job(org, id, end)));
        let jobs = join_all(jobs);
        let (later, jobs) = tokio::join!(later, jobs);
        tally + later + jobs.into_iter().sum()
    }

    async fn walk(&self, shard: char, horizon: Time, end: Time) -> Walk {
        let (mut walk, mut after) = (Walk::default(), None);
        loop {
            let page = match self.table.due(shard, horizon, after).await {
                Ok(page) => page,
                Err(error) => {
                    walk.tally = walk.tally + Tally::failure(&error);
                    return walk;
                }
            };
            let now = self.now();
            let (ripe, soon): (Vec<_>, Vec<_>) =
                page.falling.into_iter().partition(|falling| falling.at <= now);
            walk.soon = soon.last().map(|falling| falling.at).or(walk.soon);
            for falling in &ripe {
                if let DueRow::Job(org, id) = falling.row {
                    walk.jobs.push((org, id));
                }
            }
            self.pace.turn(Partition::Due(shard), ripe.len()).await;
            walk.tally = walk.tally + self.rooms(&ripe).await;
            after = page.next;
            // What is not due yet comes last.
            if after.is_none() || walk.soon.is_some() || self.now() >= end {
                return walk;
            }
        }
    }

    async fn rooms(&self, ripe: &[Falling]) -> Tally {
        let mut by_organization: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for falling in ripe {
            if let DueRow::Room(org, id) = falling.row {
                by_organization.entry(org).or_default().push(id);
            }
        }
        let reads = stream::iter(by_organization)
            .map(|(org, ids)| async move { (org, self.table.tenant(org).rooms_of(&ids).await) })
            .buffered(WIDTH);
        let rooms = reads.flat_map(|(org, rooms)| {
            let each: Vec<Result<_, StoreError>> = match rooms {
                Ok(rooms) => rooms.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            stream::iter(each.into_iter().map(move |room| (org, room)))
        });
        let done = rooms.map(|(org, room)| async move {
            match room {
                Ok(room) => self.room(self.table.tenant(org), room).await,
                Err(error) => Tally::failure(&error),
            }
        });
        done.buffer_unordered(WIDTH).collect::<Vec<_>>().await.into_iter().sum()
    }

    async fn room(&self, tenant: Tenant<'_>, old: Versioned<Room>) -> Tally {
        let due = old.value.due_at;
        let decide = |room: &Room| match look(room, self.now()) {
            Looked::NotDue => None,
            Looked::Later(new) | Looked::Expired(new) | Looked::Disarmed(new) => Some(new),
        };
        match self.change_room(tenant, old, decide).await {
            Err(error) => Tally::failure(&error),
            Ok(None) => Tally::default(),
            Ok(Some(room)) => {
                let tally = match (room.expired_at, room.due_at) {
                    (_, Some(_)) => Tally { later: 1, ..Tally::default() },
                    (Some(_), None) => Tally { expired: 1, ..Tally::default() },
                    (None, None) => Tally::default(),
                };
                due.map_or(tally, |due| tally.due(due, self.now()))
            }
        }
    }
}
