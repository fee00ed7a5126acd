//! Work on many rooms that a member asked for: it gets an id at once and is done in the
//! background, a slice at a time.
//!
//! A run that works on a job holds a lease. Whoever finds it over has found a run that died, and
//! goes on from the last saved place; a room is never resolved twice, since each is decided on as
//! it is. Only the progress of the seconds since the last save is not counted then.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, channel::Channel, integration::Member};

/// How long a run may hold a job without saving: far longer than the pause between two saves.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How often the inbox is walked for rooms that could not be written the time before.
pub const WALKS: u32 = 3;

/// Which rooms are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Of these channels; of all, if there are none.
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// Also rooms that nobody has taken.
    #[serde(default)]
    pub include_unassigned: bool,
}

impl Scope {
    /// The channels in order and once each, so that equal scopes are equal.
    pub fn new(mut channels: Vec<Channel>, include_unassigned: bool) -> Self {
        channels.sort_unstable();
        channels.dedup();
        Self { channels, include_unassigned }
    }

    /// Whether rooms of this channel are meant.
    pub fn has(&self, channel: Channel) -> bool {
        self.channels.is_empty() || self.channels.contains(&channel)
    }
}

/// How far a job got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody has begun.
    Queued,
    /// Some of it is done.
    Running,
    /// All of it is done.
    Done,
    /// It can't be done.
    Failed,
    /// A member has stopped it.
    Cancelled,
}

impl State {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether there is nothing left to do.
    pub fn is_over(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What came of the rooms so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Expired rooms of the scope that were found.
    pub found: u64,
    /// Those that were resolved.
    pub resolved: u64,
    /// Those that were not, because they changed at that moment or could not be written.
    pub skipped: u64,
}

impl std::ops::AddAssign for Progress {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.resolved += other.resolved;
        self.skipped += other.skipped;
    }
}

/// Resolving all expired rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Which job.
    pub id: Id<Job>,
    /// Which rooms it is about.
    #[serde(flatten)]
    pub scope: Scope,
    /// Who asked for it.
    pub requested_by: Member,
    /// When.
    pub created_at: Time,
    /// How far it got.
    pub state: State,
    /// What came of the rooms so far.
    #[serde(flatten)]
    pub progress: Progress,
    /// When somebody began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// When the sweep has to look at it: at once, or when a run's lease is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Time>,
    /// Up to where the rooms were looked at: a place of the inbox, as the store spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_up_to: Option<String>,
    /// How many rooms could not be written in this walk through the inbox.
    #[serde(default)]
    pub missed: u64,
    /// How many walks have ended.
    #[serde(default)]
    pub walks: u32,
}

impl Job {
    /// The job as it was asked for.
    pub fn new(id: Id<Self>, scope: Scope, by: &Member, now: Time) -> Self {
        Self {
            id,
            scope,
            requested_by: by.clone(),
            created_at: now,
            state: State::Queued,
            progress: Progress::default(),
            started_at: None,
            finished_at: None,
            due_at: Some(now),
            looked_up_to: None,
            missed: 0,
            walks: 0,
        }
    }

    /// A run takes it: `None` if it is over, or another run has it.
    pub fn taken(&self, now: Time) -> Option<Self> {
        let is_free = self.due_at.is_some_and(|due| due <= now);
        (is_free && !self.state.is_over()).then(|| Self {
            state: State::Running,
            started_at: self.started_at.or(Some(now)),
            due_at: Some(now.plus(LEASE)),
            ..self.clone()
        })
    }

    /// The run that has it goes on: its lease is renewed.
    pub fn held(&self, now: Time) -> Self {
        Self { due_at: Some(now.plus(LEASE)), ..self.clone() }
    }

    /// The run that has it ran out of time: whoever comes next goes on.
    pub fn left(&self, now: Time) -> Self {
        Self { due_at: Some(now), ..self.clone() }
    }

    /// The walk through the inbox has ended: it is done, or walks once more for the rooms that
    /// could not be written.
    pub fn walked(&self, now: Time) -> Option<Self> {
        let walks = self.walks + 1;
        if self.missed == 0 || walks >= WALKS {
            return self.over(State::Done, now);
        }
        let mut next = Self { walks, missed: 0, looked_up_to: None, ..self.held(now) };
        next.progress.found -= self.missed.min(next.progress.found);
        next.progress.skipped -= self.missed.min(next.progress.skipped);
        Some(next)
    }

    /// It is over: `None` if it was before.
    pub fn over(&self, state: State, now: Time) -> Option<Self> {
        (!self.state.is_over()).then(|| Self {
            state,
            finished_at: Some(now),
            due_at: None,
            looked_up_to: None,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn job() -> Job {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        Job::new(Id::derived(&["job"]), Scope::new(Vec::new(), true), &ani, at(100))
    }

    #[test]
    fn a_job_is_one_runs_until_its_lease_is_over() {
        let taken = job().taken(at(101)).unwrap();
        assert_eq!((taken.state, taken.started_at), (State::Running, Some(at(101))));
        assert_eq!(taken.taken(at(130)), None);
        let again = taken.taken(at(131)).unwrap();
        assert_eq!(again.started_at, Some(at(101)));
        assert!(again.left(at(140)).taken(at(140)).is_some());
        assert_eq!(again.held(at(140)).taken(at(169)), None);
    }

    #[test]
    fn rooms_that_were_missed_are_walked_for_again_and_not_for_ever() {
        let mut job = job().taken(at(101)).unwrap();
        assert_eq!(job.walked(at(110)).unwrap().state, State::Done);
        (job.progress, job.missed) = (Progress { found: 9, resolved: 6, skipped: 3 }, 2);
        let again = job.walked(at(110)).unwrap();
        assert_eq!((again.state, again.missed, again.walks), (State::Running, 0, 1));
        assert_eq!(again.progress, Progress { found: 7, resolved: 6, skipped: 1 });
        let last = Job { missed: 2, walks: WALKS - 1, ..again };
        assert_eq!(last.walked(at(120)).unwrap().state, State::Done);
    }

    #[test]
    fn what_is_over_stays_over() {
        let done = job().over(State::Cancelled, at(200)).unwrap();
        assert_eq!((done.finished_at, done.due_at), (Some(at(200)), None));
        assert_eq!(done.taken(at(999)), None);
        assert_eq!(done.over(State::Done, at(300)), None);
    }

    #[test]
    fn equal_scopes_are_equal() {
        let twice = vec![Channel::WhatsApp, Channel::WhatsApp];
        assert_eq!(Scope::new(twice, true), Scope::new(vec![Channel::WhatsApp], true));
    }
}
