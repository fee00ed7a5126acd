//! SQS queues.

use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    types::{Message, MessageSystemAttributeName, SendMessageBatchRequestEntry},
};

use crate::aws::CallFailed;

/// The most messages that one batch call takes.
pub const BATCH: usize = 10;

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A message for a FIFO queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// What must stay in order among itself.
    pub group: String,
    /// What is the same message if it is sent again within five minutes.
    pub dedup: String,
    /// The message.
    pub body: String,
}

/// A message that was taken from a queue, and is hidden there until it is put off or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What names this receipt.
    pub handle: String,
    /// The message.
    pub body: String,
    /// When it came into the queue, in milliseconds since 1970.
    pub sent_at: Option<i64>,
}

impl From<Message> for Received {
    fn from(message: Message) -> Self {
        let sent = message.attributes.and_then(|mut attributes| {
            attributes.remove(&MessageSystemAttributeName::SentTimestamp)?.parse().ok()
        });
        Self {
            handle: message.receipt_handle.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            sent_at: sent,
        }
    }
}

impl Queue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self { client: Client::new(config), url }
    }

    /// Sends one message to a standard queue.
    pub async fn send(&self, body: String) -> Result<(), CallFailed> {
        let send = self.client.send_message().queue_url(&self.url).message_body(body);
        send.send().await.map(drop).map_err(|error| CallFailed::new("SendMessage", &error))
    }

    /// Sends at most [`BATCH`] messages to a FIFO queue, and names those that were not taken.
    pub async fn send_ordered(&self, messages: &[Ordered]) -> Result<Vec<usize>, CallFailed> {
        let mut call = self.client.send_message_batch().queue_url(&self.url);
        for (index, message) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(&message.group)
                .message_deduplication_id(&message.dedup)
                .message_body(&message.body)
                .build()
                .map_err(|error| CallFailed::unanswered("SendMessageBatch", &error))?;
            call = call.entries(entry);
        }
        let answer = call.send().await;
        let answer = answer.map_err(|error| CallFailed::new("SendMessageBatch", &error))?;
        Ok(answer.failed().iter().filter_map(|failed| failed.id().parse().ok()).collect())
    }

    /// Sends at most [`BATCH`] messages to a standard queue, and names those that were not taken.
    pub async fn send_batch(&self, bodies: &[String]) -> Result<Vec<usize>, CallFailed> {
        let mut call = self.client.send_message_batch().queue_url(&self.url);
        for (index, body) in bodies.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(body)
                .build()
                .map_err(|error| CallFailed::unanswered("SendMessageBatch", &error))?;
            call = call.entries(entry);
        }
        let answer = call.send().await;
        let answer = answer.map_err(|error| CallFailed::new("SendMessageBatch", &error))?;
        Ok(answer.failed().iter().filter_map(|failed| failed.id().parse().ok()).collect())
    }

    /// Has a message that is being worked on come again after this many seconds.
    pub async fn again_in(&self, receipt_handle: &str, seconds: i32) -> Result<(), CallFailed> {
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(seconds)
            .send()
            .await
            .map(drop)
            .map_err(|error| CallFailed::new("ChangeMessageVisibility", &error))
    }

    /// Takes at most [`BATCH`] messages, without waiting for one to come.
    pub async fn receive(&self) -> Result<Vec<Received>, CallFailed> {
        let call = self.client.receive_message().queue_url(&self.url);
        let call = call.max_number_of_messages(10).wait_time_seconds(0);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
        let answer = call.send().await;
        let answer = answer.map_err(|error| CallFailed::new("ReceiveMessage", &error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().map(Received::from).collect())
    }

    /// A message that was taken is done.
    pub async fn delete(&self, receipt_handle: &str) -> Result<(), CallFailed> {
        let call = self.client.delete_message().queue_url(&self.url);
        let done = call.receipt_handle(receipt_handle).send().await;
        done.map(drop).map_err(|error| CallFailed::new("DeleteMessage", &error))
    }
}
