//! The simulator's one reading of the clock; the provider's double is handed the time.

use std::time::{Duration, SystemTime};

/// Milliseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the simulator runs in real time")]
pub(super) fn now_ms() -> u64 {
    let since_epoch =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}
