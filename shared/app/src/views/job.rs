//! Jobs, as clients see them.

use domain::job::Job;
use serde::Serialize;
use utoipa::ToSchema;

use super::MemberView;

/// Work on many rooms, done in the background.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobView {
    /// The job's id, a UUID.
    id: String,
    /// What it does: `resolve_expired`.
    r#type: &'static str,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    state: &'static str,
    /// The channels it is about; an empty list means all.
    channels: Vec<&'static str>,
    /// Whether it is about rooms that nobody has taken, too.
    include_unassigned: bool,
    /// Who asked for it.
    requested_by: MemberView,
    /// How many expired rooms were found so far.
    found: u64,
    /// How many of them are resolved.
    resolved: u64,
    /// How many were left alone: they changed at that moment, or could not be written.
    skipped: u64,
    created_at: String,
    /// When the work began.
    started_at: Option<String>,
    /// When it was over.
    finished_at: Option<String>,
}

impl JobView {
    /// What clients see of this job.
    pub fn new(job: &Job) -> Self {
        Self {
            id: job.id.to_string(),
            r#type: "resolve_expired",
            state: job.state.name(),
            channels: job.scope.channels.iter().map(|channel| channel.name()).collect(),
            include_unassigned: job.scope.include_unassigned,
            requested_by: MemberView::new(&job.requested_by),
            found: job.progress.found,
            resolved: job.progress.resolved,
            skipped: job.progress.skipped,
            created_at: job.created_at.to_string(),
            started_at: job.started_at.map(|at| at.to_string()),
            finished_at: job.finished_at.map(|at| at.to_string()),
        }
    }
}
