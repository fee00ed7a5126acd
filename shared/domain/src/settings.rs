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
}
