//! How long the provider takes over things. All of it can be changed, because a person at a
//! terminal, a test and the simulation each want another pace.

/// Delays in milliseconds, and the number of redeliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// From acceptance to the webhook of status `sent`.
    pub sent_after_ms: u64,
    /// From acceptance to `delivered`; not before `sent_after_ms`.
    pub delivered_after_ms: u64,
    /// From acceptance to `read`; not before `delivered_after_ms`. `None`: the customer has read
    /// receipts switched off.
    pub read_after_ms: Option<u64>,
    /// How long a response takes under the fault `slow`.
    pub slow_ms: u64,
    /// How far the first status is ahead of the response under `status-before-response`.
    pub lead_ms: u64,
    /// Between the copies of a webhook under `duplicate`, and between statuses under `out-of-order`.
    pub copy_gap_ms: u64,
    /// Delay of the first redelivery; each further one is twice as long as the one before.
    pub redeliver_after_ms: u64,
    /// No redelivery delay is longer than this.
    pub redeliver_at_most_ms: u64,
    /// How often a webhook is delivered again before the provider gives up.
    pub redeliveries: u32,
}

impl Default for Timing {
    /// Fast enough to watch; redelivered for about 7 days, as WhatsApp's documentation says
    /// (webhooks/overview): 12 doublings from 1 s to 1 h, then hourly.
    fn default() -> Self {
        Self {
            sent_after_ms: 100,
            delivered_after_ms: 200,
            read_after_ms: Some(300),
            slow_ms: 5_000,
            lead_ms: 1_000,
            copy_gap_ms: 50,
            redeliver_after_ms: 1_000,
            redeliver_at_most_ms: 3_600_000,
            redeliveries: 178,
        }
    }
}

impl Timing {
    /// The delay before redelivery number `attempt` (the first is 1).
    pub(super) fn redelivery_delay(&self, attempt: u32) -> u64 {
        let doublings = attempt.saturating_sub(1).min(32);
        self.redeliver_after_ms.saturating_mul(1 << doublings).min(self.redeliver_at_most_ms)
    }

    /// The delay of a response that a status overtakes.
    pub(super) fn overtaken_ms(&self, slow: bool) -> u64 {
        let behind_the_status = self.sent_after_ms + self.lead_ms;
        if slow { behind_the_status.max(self.slow_ms) } else { behind_the_status }
    }
}
