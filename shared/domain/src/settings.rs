//! What an organization has set.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Time, job::Scope};

/// Whether, when and which rooms silence resolves. Off until somebody turns it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoResolve {
    /// Whether it is on.
    pub enabled: bool,
    /// After how many minutes without a message from either side.
    pub after_minutes: u32,
    /// Which rooms.
    #[serde(flatten)]
    pub scope: Scope,
    /// When this was last set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Time>,
}

/// What a member wants changed; what is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoResolveChange {
    /// Turn it on or off.
    pub enabled: Option<bool>,
    /// The delay in minutes.
    pub after_minutes: Option<u32>,
    /// The channels; an empty list means all.
    pub channels: Option<Vec<crate::channel::Channel>>,
    /// Whether rooms that nobody has taken are meant, too.
    pub include_unassigned: Option<bool>,
}

/// The delay is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The delay is {} minute to {} minutes (30 days).", AutoResolve::LEAST, AutoResolve::MOST)]
pub struct DelayRefused;

impl AutoResolve {
    /// The shortest delay, in minutes: how often the sweep runs.
    pub const LEAST: u32 = 1;
    /// The longest: 30 days.
    pub const MOST: u32 = 30 * 24 * 60;

    /// The delay.
    pub fn after(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.after_minutes))
    }

    /// The settings with a change.
    pub fn with(&self, change: &AutoResolveChange, now: Time) -> Result<Self, DelayRefused> {
        let after_minutes = change.after_minutes.unwrap_or(self.after_minutes);
        if !(Self::LEAST..=Self::MOST).contains(&after_minutes) {
            return Err(DelayRefused);
        }
        let channels = change.channels.clone().unwrap_or_else(|| self.scope.channels.clone());
        let include_unassigned = change.include_unassigned.unwrap_or(self.scope.include_unassigned);
        Ok(Self {
            enabled: change.enabled.unwrap_or(self.enabled),
            after_minutes,
            scope: Scope::new(channels, include_unassigned),
            changed_at: Some(now),
        })
    }
}

impl Default for AutoResolve {
    /// Off; three days, all channels, only rooms that somebody has taken: what nobody has looked
    /// at yet is not put away unless somebody says so.
    fn default() -> Self {
        let scope = Scope::new(Vec::new(), false);
        Self { enabled: false, after_minutes: 3 * 24 * 60, scope, changed_at: None }
    }
}

/// How long what was said is kept: messages, what was said about them, notes, and their files. For
/// ever, until somebody sets an end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// For how many days; nothing is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// When this was last set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Time>,
}

/// The number of days is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The days are {} to {}, or null to keep everything.", Retention::LEAST, Retention::MOST)]
pub struct DaysRefused;

impl Retention {
    /// The fewest days. Providers deliver again for seven: what was taken away must not come back as
    /// news.
    pub const LEAST: u32 = 30;
    /// The most: ten years.
    pub const MOST: u32 = 3650;

    /// So many days from now on, or for ever.
    pub fn new(days: Option<u32>, now: Time) -> Result<Self, DaysRefused> {
        match days {
            Some(days) if !(Self::LEAST..=Self::MOST).contains(&days) => Err(DaysRefused),
            days => Ok(Self { days, changed_at: Some(now) }),
        }
    }

    /// When what comes now has had its time; nothing, if never.
    pub fn ends(&self, now: Time) -> Option<Time> {
        self.days.map(|days| now.plus(SignedDuration::from_hours(24 * i64::from(days))))
    }
}

/// Whether something has had its time. The table takes it away up to two days later; until then it is
/// only not shown.
pub fn has_ended(expires_at: Option<Time>, now: Time) -> bool {
    expires_at.is_some_and(|ends| ends <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_stays_and_the_delay_has_bounds() {
        let now = Time::from_millis(7);
        let on = AutoResolveChange { enabled: Some(true), ..AutoResolveChange::default() };
        let set = AutoResolve::default().with(&on, now).unwrap();
        assert!(set.enabled && !set.scope.include_unassigned);
        assert_eq!((set.after_minutes, set.changed_at), (4320, Some(now)));
        for (minutes, is_fine) in [(0, false), (1, true), (43_200, true), (43_201, false)] {
            let change =
                AutoResolveChange { after_minutes: Some(minutes), ..AutoResolveChange::default() };
            assert_eq!(set.with(&change, now).is_ok(), is_fine, "{minutes}");
        }
    }

    #[test]
    fn what_is_kept_for_some_days_has_an_end_and_the_days_have_bounds() {
        let now = Time::from_millis(7);
        assert_eq!(Retention::default().ends(now), None);
        assert_eq!(Retention::new(None, now).unwrap().ends(now), None);
        for (days, is_fine) in [(0, false), (29, false), (30, true), (3650, true), (3651, false)] {
            assert_eq!(Retention::new(Some(days), now).is_ok(), is_fine, "{days}");
        }
        let ends = Retention::new(Some(30), now).unwrap().ends(now);
        assert_eq!(ends, Some(Time::from_millis(7 + 30 * 86_400_000)));
        assert!(!has_ended(ends, now) && has_ended(ends, ends.unwrap()) && !has_ended(None, now));
    }
}
