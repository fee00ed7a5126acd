//! Settings, as clients see them.

use domain::settings::{AutoResolve, Retention};
use serde::Serialize;
use utoipa::ToSchema;

/// How silence resolves rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutoResolveView {
    /// Whether it does.
    enabled: bool,
    /// After how many minutes in which neither side wrote and nobody took the room.
    after_minutes: u32,
    /// In which channels; an empty list means all.
    channels: Vec<&'static str>,
    /// Whether rooms that nobody has taken are resolved, too.
    include_unassigned: bool,
    /// When this was last changed; null if never.
    updated_at: Option<String>,
}

impl AutoResolveView {
    /// What clients see of these settings.
    pub fn new(settings: &AutoResolve) -> Self {
        Self {
            enabled: settings.enabled,
            after_minutes: settings.after_minutes,
            channels: settings.scope.channels.iter().map(|channel| channel.name()).collect(),
            include_unassigned: settings.scope.include_unassigned,
            updated_at: settings.changed_at.map(|at| at.to_string()),
        }
    }
}

/// How long what is said is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionView {
    /// For how many days; null is for ever.
    days: Option<u32>,
    /// When this was last changed; null if never.
    updated_at: Option<String>,
}

impl RetentionView {
    /// What clients see of this setting.
    pub fn new(retention: &Retention) -> Self {
        let updated_at = retention.changed_at.map(|at| at.to_string());
        Self { days: retention.days, updated_at }
    }
}
