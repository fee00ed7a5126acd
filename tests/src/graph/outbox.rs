//! Webhooks that wait, fly and come back: delivery at least once, as the provider promises it.

use std::collections::BTreeMap;

use super::Timing;

/// One POST to the receiver's webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What to call it in [`super::Graph::answered`]; each attempt has its own.
    pub id: u64,
    /// When it was due, in milliseconds since the Unix epoch.
    pub due_ms: u64,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The raw JSON body, byte for byte what is to be signed and posted.
    pub body: Vec<u8>,
}

/// Deliveries by when they are due and, from the moment they are handed out, by id.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: BTreeMap<(u64, u64), Delivery>,
    flying: BTreeMap<u64, Delivery>,
    last_id: u64,
    given_up: u64,
}

impl Outbox {
    pub(super) fn schedule(&mut self, due_ms: u64, body: Vec<u8>) {
        self.wait(due_ms, 1, body);
    }

    /// Hands a delivery out without its ever waiting.
    pub(super) fn post_now(&mut self, now_ms: u64, body: Vec<u8>) -> Delivery {
        let delivery = self.delivery(now_ms, 1, body);
        self.flying.insert(delivery.id, delivery.clone());
        delivery
    }

    pub(super) fn due(&mut self, now_ms: u64) -> Vec<Delivery> {
        let mut due = Vec::new();
        while let Some(entry) = self.waiting.first_entry() {
            if entry.get().due_ms > now_ms {
                break;
            }
            let delivery = entry.remove();
            self.flying.insert(delivery.id, delivery.clone());
            due.push(delivery);
        }
        due
    }

    pub(super) fn next_due(&self) -> Option<u64> {
        self.waiting.values().next().map(|delivery| delivery.due_ms)
    }

    /// What was delivered, if it was on its way.
    pub(super) fn answered(
        &mut self,
        id: u64,
        now_ms: u64,
        status: u16,
        timing: &Timing,
    ) -> Option<Delivery> {
        let delivery = self.flying.remove(&id)?;
        if status == 200 {
            return Some(delivery);
        }
        if delivery.attempt > timing.redeliveries {
            self.given_up += 1;
        } else {
            let due_ms = now_ms.saturating_add(timing.redelivery_delay(delivery.attempt));
            self.wait(due_ms, delivery.attempt + 1, delivery.body.clone());
        }
        Some(delivery)
    }

    pub(super) fn given_up(&self) -> u64 {
        self.given_up
    }

    pub(super) fn idle(&self) -> bool {
        self.waiting.is_empty() && self.flying.is_empty()
    }

    fn wait(&mut self, due_ms: u64, attempt: u32, body: Vec<u8>) {
        let delivery = self.delivery(due_ms, attempt, body);
        self.waiting.insert((due_ms, delivery.id), delivery);
    }

    fn delivery(&mut self, due_ms: u64, attempt: u32, body: Vec<u8>) -> Delivery {
        self.last_id += 1;
        Delivery { id: self.last_id, due_ms, attempt, body }
    }
}
