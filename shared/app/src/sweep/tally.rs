//! What a run did, for its log line.

use domain::Time;

/// Counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rooms whose closed window was marked.
    pub expired: u64,
    /// Rooms whose customer had written since they were armed.
    pub later: u64,
    /// Rooms that silence resolved.
    pub auto_resolved: u64,
    /// Rooms that jobs resolved.
    pub resolved: u64,
    /// Messages to be sent, and files to be fetched, that were taken up again.
    pub taken_up: u64,
    /// Those that were given up, where everyone sees it.
    pub given_up: u64,
    /// What could not be done now; the next run meets it again.
    pub failed: u64,
    /// By how many milliseconds the latest room was late.
    pub late_ms: i64,
}

impl Tally {
    /// Something could not be done now.
    pub(super) fn failure(error: &impl std::fmt::Display) -> Self {
        tracing::warn!(%error, "the sweep leaves something to its next run");
        Self { failed: 1, ..Self::default() }
    }

    /// The same, of something that was due then.
    pub(super) fn due(self, at: Time, now: Time) -> Self {
        Self { late_ms: (now.millis() - at.millis()).max(0), ..self }
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            expired: self.expired + other.expired,
            later: self.later + other.later,
            auto_resolved: self.auto_resolved + other.auto_resolved,
            resolved: self.resolved + other.resolved,
            taken_up: self.taken_up + other.taken_up,
            given_up: self.given_up + other.given_up,
            failed: self.failed + other.failed,
            late_ms: self.late_ms.max(other.late_ms),
        }
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| sum + one)
    }
}
