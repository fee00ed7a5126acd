//! Work on all that is held of a contact, which may be more than one request has time for.

use domain::Time;
use jiff::SignedDuration;
use platform::{Ctx, Source, aws::CallFailed, problem::Problem};
use store::StoreError;

use crate::internal;

/// How long a request goes on: what it has begun then still ends within the gateway's 30 s.
const TIME: SignedDuration = SignedDuration::from_secs(12);

/// After how many seconds a client asks again that was told that there is more to do.
pub const ASK_AGAIN: i64 = 5;

/// The time that a request has.
pub(super) struct Work<'a> {
    source: &'a Source,
    end: Time,
}

/// Why the work can't go on now.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Bucket(#[from] CallFailed),
    #[error("a row can't be written down: {0}")]
    Unwritable(#[from] serde_json::Error),
}

impl<'a> Work<'a> {
    /// Work that began with the request.
    pub(super) fn until_time_is_up(source: &'a Source, ctx: &Ctx) -> Self {
        Self { source, end: Time::from(ctx.now).plus(TIME) }
    }

    pub(super) fn is_time_up(&self) -> bool {
        Time::from(self.source.now()) >= self.end
    }
}

impl WorkError {
    /// What the client is told; the log has the cause.
    pub(super) fn told(self) -> Problem {
        match self {
            Self::Store(error) => internal(error),
            Self::Bucket(ref failed) => {
                tracing::error!(error = %failed, "a contact's data can't be worked on");
                failed.told()
            }
            Self::Unwritable(_) => {
                tracing::error!(error = %self, "a contact's data can't be worked on");
                Problem::internal()
            }
        }
    }
}
