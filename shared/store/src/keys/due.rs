//! Keys of the index that names what the sweep has to look at, and when.

use domain::{Id, Time, integration::Organization, job::Job, room::Room};

use super::JOBS;

/// The shards of the due index.
pub(crate) const SHARDS: &str = "0123456789abcdef";

/// The partition of the due index that names who has auto-resolve on.
pub(crate) const AUTO_RESOLVE: &str = "auto_resolve";

/// A shard's partition of the due index.
pub(crate) fn due_shard(shard: char) -> String {
    format!("due#{shard}")
}

/// The partition of the due index that a row of this id lies in.
pub(crate) fn due<T>(id: Id<T>) -> String {
    // The last digit is a hash's or a random one, whichever way the id was made.
    due_shard(id.to_string().chars().last().unwrap_or('0'))
}

/// A place in time within a partition of the due index.
pub(crate) fn due_at(at: Time) -> String {
    format!("{:013}", at.millis().max(0))
}

/// A row that the sweep has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueRow {
    /// A room, whose window may have closed.
    Room(Id<Organization>, Id<Room>),
    /// A job that waits for a run.
    Job(Id<Organization>, Id<Job>),
}

impl DueRow {
    /// Reads back which row a key names; `None` for one that is never due.
    pub(crate) fn parse(pk: &str, sk: &str) -> Option<Self> {
        let (org, rest) = match pk.strip_prefix("o#")?.split_once('#') {
            Some((org, rest)) => (org, Some(rest)),
            None => (pk.strip_prefix("o#")?, None),
        };
        let org = org.parse().ok()?;
        match rest {
            None => Some(Self::Job(org, sk.strip_prefix(JOBS)?.parse().ok()?)),
            Some(rest) if sk == "room" => {
                Some(Self::Room(org, rest.strip_prefix("room#")?.parse().ok()?))
            }
            Some(_) => None,
        }
    }
}
