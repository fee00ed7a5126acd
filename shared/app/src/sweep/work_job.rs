//! A slice of a job: resolving all expired rooms of an organization.
//!
//! The run takes the job by a lease, walks the open boxes from the place that was saved last, and
//! saves its progress every few seconds: that also renews the lease, and is where it learns that
//! the job was cancelled. When its time is over it leaves the job due at once, so that the next
//! run goes on. If it dies, the next one goes on when the lease is over.

use domain::{
    Id, Time,
    integration::Organization,
    job::{Job, Progress},
    room::{self, Room, Status, Swept},
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use store::{InboxKey, OldRooms, StoreError, Tenant, Versioned};

use super::{PAGE, Sweep, Tally, WIDTH, pace::Partition};

/// How often progress is saved.
const SAVED_EVERY: SignedDuration = SignedDuration::from_secs(4);

/// Where a walk is: in which box, behind which place.
#[derive(Debug, Clone, Copy)]
struct Place {
    status: Status,
    after: Option<InboxKey>,
}

impl Place {
    const FIRST: Self = Self { status: Status::Assigned, after: None };

    fn print(self) -> Option<String> {
        let after = self.after.map(|after| format!("{}#{}", after.step, after.room));
        Some(format!("{}:{}", self.status.name(), after.unwrap_or_default()))
    }

    /// A place that does not read is the first: that only costs time.
    fn read(text: Option<&str>) -> Self {
        match text.and_then(|text| text.split_once(':')) {
            Some(("unassigned", after)) => {
                Self { status: Status::Unassigned, after: InboxKey::parse(after) }
            }
            Some((_, after)) => Self { after: InboxKey::parse(after), ..Self::FIRST },
            None => Self::FIRST,
        }
    }

    /// The next box, if the job means it.
    fn next_box(self, job: &Job) -> Option<Self> {
        let is_next = self.status == Status::Assigned && job.scope.include_unassigned;
        is_next.then_some(Self { status: Status::Unassigned, after: None })
    }
}

impl Sweep {
    /// Works on a job until it is over or the time is.
    pub(super) async fn work_job(&self, org: Id<Organization>, id: Id<Job>, end: Time) -> Tally {
        let mut resolved = 0;
        let done = self.slice(self.table.tenant(org), id, end, &mut resolved).await;
        let tally = Tally { resolved, ..Tally::default() };
        match done {
            Ok(()) => tally,
            Err(error) => tally + Tally::failure(&error),
        }
    }

    async fn slice(
        &self,
        tenant: Tenant<'_>,
        id: Id<Job>,
        end: Time,
        resolved: &mut u64,
    ) -> Result<(), StoreError> {
        let Some(old) = tenant.job(id).await? else { return Ok(()) };
        let Some(taken) = old.value.taken(self.now()) else { return Ok(()) };
        let Some(mut saved) = tenant.save_job(&old, taken).await? else { return Ok(()) };
        let mut job = saved.value.clone();
        let (mut saved_at, mut ahead) = (self.now(), None);
        loop {
            let mut place = Place::read(job.looked_up_to.as_deref());
            let page = match ahead {
                Some(page) => page,
                None => self.page(tenant, place).await?,
            };
            place.after = page.next;
            let next = if page.next.is_some() { Some(place) } else { place.next_box(&job) };
            let work = self.expired(tenant, &job, page.rooms);
            let ((progress, missed), read) = tokio::join!(work, self.read_ahead(tenant, next));
            job.progress += progress;
            job.missed += missed;
            *resolved += progress.resolved;
            ahead = read?;
            let now = self.now();
            job.looked_up_to = next.and_then(Place::print);
            let new = match next {
                None => match job.walked(now) {
                    Some(new) => new,
                    None => return Ok(()),
                },
                Some(_) if now >= end => job.left(now),
                Some(_) if saved_at.plus(SAVED_EVERY) <= now => job.held(now),
                Some(_) => continue,
            };
            // Cancelled, or taken by another run while this one was slow.
            let Some(current) = tenant.save_job(&saved, new).await? else { return Ok(()) };
            (job, saved, saved_at) = (current.value.clone(), current, now);
            if job.state.is_over() || now >= end {
                return Ok(());
            }
        }
    }

    async fn page(&self, tenant: Tenant<'_>, place: Place) -> Result<OldRooms, StoreError> {
        tenant.old_rooms(place.status, place.after, self.now(), PAGE).await
    }

    /// The next page, read while this one is worked on.
    async fn read_ahead(
        &self,
        tenant: Tenant<'_>,
        next: Option<Place>,
    ) -> Result<Option<OldRooms>, StoreError> {
        match next {
            Some(place) => self.page(tenant, place).await.map(Some),
            None => Ok(None),
        }
    }

    /// Resolves those of a page that are expired; the progress, and how many could not be written.
    async fn expired(
        &self,
        tenant: Tenant<'_>,
        job: &Job,
        rooms: Vec<Versioned<Room>>,
    ) -> (Progress, u64) {
        let decide = |room: &Room| match room::resolve_expired(
            room,
            &job.scope,
            &job.requested_by,
            self.now(),
        ) {
            Swept::Resolved(room) => Some(room),
            Swept::Spared | Swept::NotYet(_) => None,
        };
        let mut meant = rooms;
        meant.retain(|room| decide(&room.value).is_some());
        self.pace.turn(Partition::Inbox(tenant.organization()), meant.len()).await;
        let work = meant.into_iter().map(|room| self.change_room(tenant, room, decide));
        let results = stream::iter(work).buffer_unordered(WIDTH).collect::<Vec<_>>().await;
        let (mut progress, mut missed) = (Progress::default(), 0);
        for result in results {
            progress.found += 1;
            match result {
                Ok(Some(_)) => progress.resolved += 1,
                Ok(None) => progress.skipped += 1,
                Err(error) => {
                    Tally::failure(&error);
                    progress.skipped += 1;
                    missed += 1;
                }
            }
        }
        (progress, missed)
    }
}
