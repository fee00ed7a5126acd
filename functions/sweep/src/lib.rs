//! The schedule: looks each minute at what time has brought.
//!
//! What fails is left in its index and met again a minute later, so the answer never asks Lambda
//! to repeat a run; the log line and its `failed` say that something is wrong, and an alarm hears of
//! it.

use std::sync::Arc;

use app::sweep::{Sweep, Tally};
use aws_lambda_events::event::eventbridge::EventBridgeEvent;

/// Serves one tick; what the event says does not matter.
pub async fn handle(sweep: Arc<Sweep>, _tick: EventBridgeEvent) -> Tally {
    let tally = sweep.run().await;
    sweep.tell(&tally);
    let Tally { expired, later, auto_resolved, resolved, .. } = tally;
    let Tally { taken_up, given_up, failed, late_ms, .. } = tally;
    tracing::info!(
        expired,
        later,
        auto_resolved,
        resolved,
        taken_up,
        given_up,
        failed,
        late_ms,
        "swept"
    );
    tally
}
