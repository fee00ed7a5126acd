//! What happens to a message after it was accepted: sent, delivered and, as a rule, read.

use super::payload::{self, Status};
use super::send::TextSend;
use super::{Fault, Graph};

impl Graph {
    /// Schedules the status webhooks of a message accepted at `at_ms`.
    ///
    /// Out of order means that the newest is posted first, once all of them have happened, so that
    /// no webhook speaks of a time still to come. The timestamps inside stay true.
    pub(super) fn schedule_statuses(&mut self, at_ms: u64, send: &TextSend, wamid: &str) {
        let mut happened = vec![
            ("sent", at_ms + self.timing.sent_after_ms),
            ("delivered", at_ms + self.timing.delivered_after_ms),
        ];
        happened.extend(self.timing.read_after_ms.map(|after| ("read", at_ms + after)));
        let mut webhooks: Vec<(u64, Vec<u8>)> = happened
            .into_iter()
            .map(|(name, at_ms)| {
                let status = Status {
                    wamid,
                    name,
                    at_ms,
                    recipient: &send.to,
                    reference: send.reference.as_deref(),
                    priced: name != "read",
                    major: send.major,
                };
                (at_ms, payload::status(&self.config, &status))
            })
            .collect();
        if self.faults.strikes(Fault::OutOfOrder) {
            webhooks = self.newest_first(webhooks);
        }
        for (due_ms, body) in webhooks {
            self.post_later(due_ms, &body);
        }
    }

    fn newest_first(&self, webhooks: Vec<(u64, Vec<u8>)>) -> Vec<(u64, Vec<u8>)> {
        let mut due_ms = webhooks.iter().map(|(at_ms, _)| *at_ms).max().unwrap_or(0);
        let mut reversed = Vec::with_capacity(webhooks.len());
        for (_, body) in webhooks.into_iter().rev() {
            reversed.push((due_ms, body));
            due_ms += self.timing.copy_gap_ms;
        }
        reversed
    }
}
