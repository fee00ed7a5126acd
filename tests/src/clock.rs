//! The world's time: tokio's paused clock, as the functions, the SDK and the engine each read it.

use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use jiff::Timestamp;
use tokio::time::Instant;

/// When every world begins: 2026-01-05 08:00 in Jakarta.
const BEGIN_MS: u64 = 1_767_574_800_000;

/// The virtual clock: tokio's, which stands still until a test moves it or all else waits.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that begins now.
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(self) -> u64 {
        let elapsed = self.began.elapsed().as_millis();
        BEGIN_MS + u64::try_from(elapsed).unwrap_or(u64::MAX - BEGIN_MS)
    }

    /// Now.
    pub fn timestamp(self) -> Timestamp {
        let millis = i64::try_from(self.now_ms()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }
}

impl TimeSource for Clock {
    fn now(&self) -> std::time::SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.now_ms())
    }
}

impl dynoxide::storage_backend::Clock for Clock {
    fn now_unix_secs(&self) -> u64 {
        self.now_ms() / 1000
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.now_ms() as f64 / 1000.0
    }
}
