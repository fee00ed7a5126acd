//! A moment, to the millisecond.
//!
//! Exactly as precise as the table: what is written reads back equal, and moments compare in
//! conditional writes as they compare in code. Calendars, zones and text belong to jiff.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00Z; a number in the table, RFC 3339 in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// This many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This much later, or earlier; saturating, since providers' times are only claims.
    pub fn plus(self, duration: SignedDuration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_millisecond())
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, always with three decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_rfc_3339_and_never_overflows() {
        assert_eq!(Time::from_millis(1_795_000_000_005).to_string(), "2026-11-18T11:06:40.005Z");
        let end = Time::from_millis(i64::MAX).plus(SignedDuration::MAX);
        assert_eq!(end.to_string(), i64::MAX.to_string());
    }
}
