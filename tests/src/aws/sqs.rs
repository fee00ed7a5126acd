//! SQS: one queue, with groups, visibility, deduplication and a dead-letter queue.

use std::collections::BTreeMap;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use serde_json::{Value, json};

use super::Answer;

/// How long the queue forgets nothing: FIFO deduplication.
const DEDUPLICATION_MS: u64 = 5 * 60 * 1000;

/// For how long a message that was received may be hidden, all told.
const HIDDEN_MS: u64 = 12 * 3600 * 1000;

/// One queue.
#[derive(Debug)]
pub struct Sqs {
    visibility_ms: u64,
    max_receives: u32,
    next_id: u64,
    messages: Vec<Waiting>,
    seen: BTreeMap<String, u64>,
    dead: Vec<Waiting>,
}

#[derive(Debug, Clone)]
struct Waiting {
    id: String,
    group: Option<String>,
    body: String,
    sent_at: u64,
    visible_at: u64,
    received_at: u64,
    receives: u32,
}

impl Sqs {
    /// A queue with these settings of infra/template.yaml.
    pub fn new(visibility_ms: u64, max_receives: u32) -> Self {
        Self {
            visibility_ms,
            max_receives,
            next_id: 0,
            messages: Vec::new(),
            seen: BTreeMap::new(),
            dead: Vec::new(),
        }
    }

    /// Serves one call.
    pub fn call(&mut self, operation: &str, body: &[u8], now: u64) -> Answer {
        let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        match operation {
            "SendMessage" => {
                let id = self.add(&request, now);
                Answer::ok(json!({ "MessageId": id, "MD5OfMessageBody": "" }).to_string())
            }
            "SendMessageBatch" => {
                let entries = request["Entries"].as_array().cloned().unwrap_or_default();
                let done: Vec<Value> = entries
                    .iter()
                    .map(|entry| {
                        let id = self.add(entry, now);
                        json!({ "Id": entry["Id"], "MessageId": id, "MD5OfMessageBody": "" })
                    })
                    .collect();
                Answer::ok(json!({ "Successful": done, "Failed": [] }).to_string())
            }
            "ChangeMessageVisibility" => {
                let handle = request["ReceiptHandle"].as_str().unwrap_or_default();
                let seconds = request["VisibilityTimeout"].as_u64().unwrap_or_default();
                match self.messages.iter_mut().find(|message| message.id == handle) {
                    // Twelve hours in all, counted from when it was received.
                    Some(message) if now + seconds * 1000 > message.received_at + HIDDEN_MS => {
                        Answer::error(400, "InvalidParameterValue")
                    }
                    Some(message) => {
                        message.visible_at = now + seconds * 1000;
                        Answer::ok("{}")
                    }
                    None => Answer::error(400, "MessageNotInflight"),
                }
            }
            "ReceiveMessage" => Answer::ok(json!({ "Messages": self.hand_out(now) }).to_string()),
            "DeleteMessage" => {
                self.delete(request["ReceiptHandle"].as_str().unwrap_or_default());
                Answer::ok("{}")
            }
            other => Answer::error(400, &format!("UnknownOperation {other}")),
        }
    }

    fn add(&mut self, request: &Value, now: u64) -> String {
        self.next_id += 1;
        let id = format!("message-{}", self.next_id);
        if let Some(dedup) = request["MessageDeduplicationId"].as_str() {
            let group = request["MessageGroupId"].as_str().unwrap_or_default();
            let key = format!("{group}/{dedup}");
            if self.seen.get(&key).is_some_and(|at| now < at + DEDUPLICATION_MS) {
                return id;
            }
            self.seen.insert(key, now);
        }
        self.messages.push(Waiting {
            id: id.clone(),
            group: request["MessageGroupId"].as_str().map(str::to_owned),
            body: request["MessageBody"].as_str().unwrap_or_default().to_owned(),
            sent_at: now,
            visible_at: now,
            received_at: now,
            receives: 0,
        });
        id
    }

    /// What `ReceiveMessage` hands out: the first message of each group, at most ten.
    fn hand_out(&mut self, now: u64) -> Vec<Value> {
        self.expire(now);
        let ready = self.ready(now);
        let mut handed = Vec::new();
        for index in ready.into_iter().take(10) {
            let message = &mut self.messages[index];
            message.receives += 1;
            message.received_at = now;
            message.visible_at = now + self.visibility_ms;
            handed.push(json!({
                "MessageId": message.id,
                "ReceiptHandle": message.id,
                "Body": message.body,
                "Attributes": { "SentTimestamp": message.sent_at.to_string() },
            }));
        }
        handed
    }

    /// Takes in what another queue has given up. A FIFO queue dates it anew.
    pub(crate) fn inherit(&mut self, from: &mut Self, now: u64) {
        from.expire(now);
        let dead = from.dead.drain(..);
        self.messages.extend(dead.map(|message| Waiting {
            sent_at: now,
            visible_at: now,
            receives: 0,
            ..message
        }));
    }

    /// Hands out the message at this place among those that can be had now. A message of a group
    /// can be had only when none before it in the group is left.
    pub fn receive(&mut self, pick: usize, now: u64) -> Option<SqsEvent> {
        self.expire(now);
        let ready = self.ready(now);
        let index = *ready.get(pick % ready.len().max(1))?;
        let message = &mut self.messages[index];
        message.receives += 1;
        message.received_at = now;
        message.visible_at = now + self.visibility_ms;
        let mut record = SqsMessage::default();
        record.message_id = Some(message.id.clone());
        record.receipt_handle = Some(message.id.clone());
        record.body = Some(message.body.clone());
        let receives = message.receives.to_string();
        record.attributes.insert("ApproximateReceiveCount".into(), receives);
        if let Some(group) = &message.group {
            record.attributes.insert("MessageGroupId".into(), group.clone());
        }
        let mut event = SqsEvent::default();
        event.records.push(record);
        Some(event)
    }

    /// All that waits has used up its tries.
    pub fn give_up(&mut self) {
        for message in &mut self.messages {
            (message.receives, message.visible_at) = (self.max_receives, 0);
        }
    }

    /// A message that was handed out is done.
    pub fn delete(&mut self, id: &str) {
        self.messages.retain(|message| message.id != id);
    }

    /// When the next message can be had, if there are any.
    pub fn next_at(&self) -> Option<u64> {
        self.firsts().into_iter().map(|index| self.messages[index].visible_at).min()
    }

    /// How many messages wait or are in flight.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What was given up, and not taken from the dead-letter queue.
    pub fn dead(&self) -> Vec<&str> {
        self.dead.iter().map(|message| message.body.as_str()).collect()
    }

    fn ready(&self, now: u64) -> Vec<usize> {
        let mut ready = self.firsts();
        ready.retain(|index| self.messages[*index].visible_at <= now);
        ready
    }

    /// The messages that have none of their group before them.
    fn firsts(&self) -> Vec<usize> {
        let mut groups = Vec::new();
        let mut firsts = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            if message.group.as_ref().is_none_or(|group| !groups.contains(group)) {
                firsts.push(index);
            }
            groups.extend(message.group.clone());
        }
        firsts
    }

    fn expire(&mut self, now: u64) {
        let max = self.max_receives;
        let (dead, left): (Vec<_>, Vec<_>) = self
            .messages
            .drain(..)
            .partition(|message| message.visible_at <= now && message.receives >= max);
        self.messages = left;
        self.dead.extend(dead);
    }
}
