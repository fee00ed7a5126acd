//! Silence resolves rooms, where an organization has set so.
//!
//! The inbox's index is in the order of activity, so the silent rooms of a box are its first
//! ones: they are read up to where the set delay ends, and no open room behind that. That needs
//! no due time per room, and a change of the settings needs no walk through the rooms. What
//! stays in front because it is spared is not read every minute: its place is remembered, until
//! the settings change or a day is over.

use domain::{
    Id, Time,
    integration::Organization,
    room::{self, Room, Silence, Status, Swept},
    settings::AutoResolve,
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use store::{InboxKey, Spared, StoreError, Tenant, Versioned, Watch};

use super::{AHEAD, PAGE, Sweep, Tally, WIDTH, pace::Partition};

/// How many organizations are served side by side.
const ORGANIZATIONS: usize = 16;

/// From how many spared rooms on it is worth a write to remember their place.
const WORTH_IT: u64 = 50;

/// How long a place is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// How many messages of a room are looked at for an answer that is on its way: customers may have
/// written since.
const LAST: i32 = 10;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// What became of one room.
enum Outcome {
    Resolved(Tally),
    Spared,
    NotYet(Time),
    Failed,
}

/// What one look at an organization, or at a box of it, came to.
#[derive(Default)]
struct Look {
    tally: Tally,
    soon: Option<Time>,
    spared: u64,
    place: Option<InboxKey>,
}

impl Sweep {
    pub(super) async fn auto_resolve(&self, end: Time) -> Tally {
        let horizon = self.now().plus(AHEAD);
        let organizations = match self.table.auto_resolving().await {
            Ok(organizations) => organizations,
            Err(error) => return Tally::failure(&error),
        };
        let (mut tally, mut left) = (Tally::default(), organizations);
        loop {
            let looks = stream::iter(left)
                .map(|org| async move { (org, self.silent(org, horizon, end).await) })
                .buffer_unordered(ORGANIZATIONS)
                .collect::<Vec<_>>()
                .await;
            tally = looks.iter().map(|(_, look)| look.tally).sum::<Tally>() + tally;
            let Some(soon) = looks.iter().filter_map(|(_, look)| look.soon).max() else {
                return tally;
            };
            self.wait_until(soon).await;
            let again = looks.into_iter().filter(|(_, look)| look.soon.is_some());
            left = again.map(|(org, _)| org).collect();
        }
    }

    /// One look at an organization's boxes, one after the other: what is resolved goes to the
    /// same partition of the index, whichever box it was in.
    async fn silent(&self, org: Id<Organization>, horizon: Time, end: Time) -> Look {
        match self.look_at(self.table.tenant(org), horizon, end).await {
            Ok(look) => look,
            Err(error) => Look { tally: Tally::failure(&error), ..Look::default() },
        }
    }

    async fn look_at(
        &self,
        tenant: Tenant<'_>,
        horizon: Time,
        end: Time,
    ) -> Result<Look, StoreError> {
        let Some(watch) = tenant.auto_resolve().await? else { return Ok(Look::default()) };
        let Watch { settings, spared } = &watch.value;
        let now = self.now();
        let is_old = spared.since.is_some_and(|since| since.plus(REMEMBERED) <= now);
        let mut spared = if is_old { Spared::default() } else { spared.clone() };
        let mut boxes = vec![Status::Assigned];
        if settings.scope.include_unassigned {
            boxes.push(Status::Unassigned);
        }
        let mut sum = Look::default();
        for status in boxes {
            let from = spared.up_to(status);
            let look = self.box_of(tenant, status, settings, from, (horizon, end)).await?;
            sum.tally = sum.tally + look.tally;
            sum.soon = sum.soon.max(look.soon);
            sum.spared += look.spared;
            if let Some(place) = look.place {
                spared.set(status, place, now);
            }
        }
        if sum.spared >= WORTH_IT && spared != watch.value.spared {
            // If the settings have changed, the place is of no use any more.
            let new = Watch { settings: settings.clone(), spared };
            tenant.save_auto_resolve(Some(&watch), &new).await?;
        }
        Ok(sum)
    }

    async fn box_of(
        &self,
        tenant: Tenant<'_>,
        status: Status,
        settings: &AutoResolve,
        from: Option<InboxKey>,
        (horizon, end): (Time, Time),
    ) -> Result<Look, StoreError> {
        let until = horizon.plus(-settings.after());
        let (mut look, mut after, mut is_whole) = (Look::default(), from, true);
        loop {
            let page = tenant.old_rooms(status, after, until, PAGE).await?;
            let now = self.now();
            let is_ripe = |room: &&Versioned<Room>| {
                matches!(room::auto_resolve(&room.value, settings, now), Swept::Resolved(_))
            };
            let ripe = page.rooms.iter().filter(is_ripe).count();
            let rooms = page.rooms.into_iter().map(|room| self.silence(tenant, settings, room));
            self.pace.turn(Partition::Inbox(tenant.organization()), ripe).await;
            for outcome in stream::iter(rooms).buffered(WIDTH).collect::<Vec<_>>().await {
                match outcome {
                    Outcome::Resolved(tally) => look.tally = look.tally + tally,
                    Outcome::Spared => look.spared += 1,
                    Outcome::NotYet(at) => {
                        is_whole = false;
                        if at <= horizon {
                            look.soon = look.soon.max(Some(at));
                        }
                    }
                    Outcome::Failed => {
                        is_whole = false;
                        look.tally.failed += 1;
                    }
                }
            }
            let now = self.now();
            is_whole &= page.last.is_none_or(|last| last.is_settled(now));
            if is_whole {
                look.place = page.last.or(look.place);
            }
            after = page.next;
            if after.is_none() || now >= end {
                return Ok(look);
            }
        }
    }

    async fn silence(
        &self,
        tenant: Tenant<'_>,
        settings: &AutoResolve,
        room: Versioned<Room>,
    ) -> Outcome {
        match room::auto_resolve(&room.value, settings, self.now()) {
            Swept::Spared => return Outcome::Spared,
            Swept::NotYet(at) => return Outcome::NotYet(at),
            Swept::Resolved(_) => {}
        }
        let last = match tenant.last_messages(room.value.id, LAST).await {
            Ok(last) => last,
            Err(error) => {
                Tally::failure(&error);
                return Outcome::Failed;
            }
        };
        let now = self.now();
        let due = match room::silence(&room.value, &last, settings) {
            // The next run looks again.
            Silence::Broken => return Outcome::NotYet(now.plus(MINUTE)),
            Silence::At(at) | Silence::NotBefore(at) if at > now => return Outcome::NotYet(at),
            Silence::At(at) => at,
            Silence::NotBefore(_) => now,
        };
        let decide = |room: &Room| match room::auto_resolve(room, settings, self.now()) {
            Swept::Resolved(room) => Some(room),
            Swept::Spared | Swept::NotYet(_) => None,
        };
        match self.change_room(tenant, room, decide).await {
            Ok(Some(_)) => {
                let tally = Tally { auto_resolved: 1, ..Tally::default() };
                let due = settings.changed_at.map_or(due, |changed| due.max(changed));
                Outcome::Resolved(tally.due(due, self.now()))
            }
            // It came to life between reading and writing: it is not silent any more.
            Ok(None) => Outcome::Resolved(Tally::default()),
            Err(error) => {
                Tally::failure(&error);
                Outcome::Failed
            }
        }
    }
}
