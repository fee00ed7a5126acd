//! The customer's side: what people write to the business number.

use serde::Serialize;

use super::{Delivery, Fault, Graph, payload};

/// A message that a customer writes.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// When it was written, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// The customer's number, as digits; a leading plus sign is dropped.
    pub from: &'a str,
    /// The customer's profile name.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

/// A message that a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The customer's number, as digits.
    pub from: String,
    /// The customer's profile name.
    pub name: String,
    /// The text.
    pub text: String,
    /// The id that the provider gave the message.
    pub wamid: String,
    /// When it was written, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

impl Graph {
    /// A customer writes one text message. The delivery is the carrier's to post at once; the
    /// copies that [`Fault::Duplicate`] adds come out of [`Graph::due`].
    pub fn customer_says(&mut self, now_ms: u64, from: &str, name: &str, text: &str) -> Delivery {
        let said = Said { at_ms: now_ms, from, name, text };
        self.customers_say(now_ms, &[said])
    }

    /// Messages that the provider hands over in one webhook, as it does after an outage. They come
    /// in the order given, or shuffled under [`Fault::OutOfOrder`].
    pub fn customers_say(&mut self, now_ms: u64, batch: &[Said<'_>]) -> Delivery {
        let first = self.written.len();
        for said in batch {
            let from = said.from.trim_start_matches('+');
            let wamid = self.ids.incoming(from);
            self.written.push(Written {
                from: from.to_owned(),
                name: said.name.to_owned(),
                text: said.text.to_owned(),
                wamid,
                at_ms: said.at_ms,
            });
        }
        let copies = self.copies();
        let shuffled = batch.len() > 1 && self.faults.strikes(Fault::OutOfOrder);
        let mut lines: Vec<_> = self.written[first..].iter().collect();
        if shuffled {
            // Never the order given, and no two batches of one size alike: backwards, then rotated
            // by something that leaves at least one pair the wrong way round.
            lines.reverse();
            lines.rotate_left(first % (batch.len() - 1));
        }
        let body = payload::messages(&self.config, &lines);
        for copy in 1..copies {
            let due_ms = now_ms + copy * self.timing.copy_gap_ms;
            self.outbox.schedule(due_ms, body.clone());
        }
        self.outbox.post_now(now_ms, body)
    }
}
