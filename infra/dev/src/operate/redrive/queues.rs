//! Dead-letter queues, and the way back from them.
//!
//! SQS would move messages itself (`StartMessageMoveTask`), but not on every emulator, and says
//! little of what it did. Received, sent and deleted by us the way is the same everywhere. Order:
//! sent before deleted; what was sent and not deleted comes back and is sent again.
//!
//! A message of a FIFO queue gets a deduplication id made of its id in the dead-letter queue. Its
//! old one would not do: the queue may know it still, swallow the message, and we would delete the
//! only copy. Ids change with each sending, so one that dies again can be redriven again.

use anyhow::{Context, ensure};
use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName,
        SendMessageBatchRequestEntry,
    },
};
use serde_json::Value;

/// How long received messages are ours: longer than it takes to move them.
const HELD: i32 = 60;
/// Seconds that a queue may take to find messages that are not there.
const WAIT: i32 = 2;

/// A dead-letter queue and the queue that it belongs to.
#[derive(Debug)]
pub(super) struct DeadLetters {
    /// The queue that the messages came from.
    pub(super) name: String,
    /// About how many messages there are.
    pub(super) count: usize,
    /// And how many somebody has in hand: the sweep, which gives back within minutes what it can't deal with.
    pub(super) hidden: usize,
    url: String,
    source: String,
    is_fifo: bool,
}

/// What a queue says about itself.
struct Queue<'a> {
    url: &'a str,
    arn: String,
    count: usize,
    hidden: usize,
    dead_letters: Option<String>,
}

impl DeadLetters {
    /// The pairs among these queues; `name` says how people call one.
    pub(super) async fn among(
        aws: &SdkConfig,
        urls: &[String],
        name: impl Fn(&str) -> String,
    ) -> anyhow::Result<Vec<Self>> {
        let client = Client::new(aws);
        let mut queues = Vec::new();
        for url in urls {
            queues.push(look_at(&client, url).await?);
        }
        let pairs = queues.iter().filter_map(|source| {
            let dead = source.dead_letters.as_ref()?;
            let dead = queues.iter().find(|queue| queue.arn == *dead)?;
            Some(Self {
                name: name(source.url),
                count: dead.count,
                hidden: dead.hidden,
                url: dead.url.to_owned(),
                source: source.url.to_owned(),
                is_fifo: source.url.ends_with(".fifo"),
            })
        });
        Ok(pairs.collect())
    }

    /// Moves what there was when it was counted; how many that were. What dies again meanwhile
    /// stays for the next time.
    pub(super) async fn move_back(&self, aws: &SdkConfig) -> anyhow::Result<usize> {
        let client = Client::new(aws);
        let mut moved = 0;
        while moved < self.count {
            let most = i32::try_from((self.count - moved).min(10)).unwrap_or(10);
            let received = client
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(most)
                .visibility_timeout(HELD)
                .wait_time_seconds(WAIT)
                .message_system_attribute_names(MessageSystemAttributeName::All)
                .message_attribute_names("All")
                .send()
                .await
                .map_err(|error| failed("ReceiveMessage", error))?;
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                break;
            }
            self.send(&client, &messages).await?;
            self.delete(&client, &messages).await?;
            moved += messages.len();
        }
        Ok(moved)
    }

    async fn send(&self, client: &Client, messages: &[Message]) -> anyhow::Result<()> {
        let mut call = client.send_message_batch().queue_url(&self.source);
        for (index, message) in messages.iter().enumerate() {
            call = call.entries(again(index, message, self.is_fifo)?);
        }
        let sent = call.send().await.map_err(|error| failed("SendMessageBatch", error))?;
        ensure!(sent.failed().is_empty(), "{} messages were refused", sent.failed().len());
        Ok(())
    }

    async fn delete(&self, client: &Client, messages: &[Message]) -> anyhow::Result<()> {
        let mut call = client.delete_message_batch().queue_url(&self.url);
        for (index, message) in messages.iter().enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .build()?;
            call = call.entries(entry);
        }
        let deleted = call.send().await.map_err(|error| failed("DeleteMessageBatch", error))?;
        let left = deleted.failed().len();
        ensure!(left == 0, "{left} messages were moved but not deleted; they would be moved again");
        Ok(())
    }
}

/// The message as it goes back.
fn again(
    index: usize,
    message: &Message,
    is_fifo: bool,
) -> anyhow::Result<SendMessageBatchRequestEntry> {
    let mut entry = SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_body(message.body().unwrap_or_default())
        .set_message_attributes(message.message_attributes.clone());
    if is_fifo {
        let attributes = message.attributes.as_ref();
        let group = attributes
            .and_then(|known| known.get(&MessageSystemAttributeName::MessageGroupId))
            .context("a message of a FIFO queue has a group")?;
        let id = message.message_id().context("a message has an id")?;
        entry = entry.message_group_id(group).message_deduplication_id(format!("redrive-{id}"));
    }
    Ok(entry.build()?)
}

async fn look_at<'a>(client: &Client, url: &'a str) -> anyhow::Result<Queue<'a>> {
    let told = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .map_err(|error| failed("GetQueueAttributes", error))?;
    let attributes = told.attributes.unwrap_or_default();
    let get = |name: QueueAttributeName| attributes.get(&name).map(String::as_str);
    let policy: Option<Value> = get(QueueAttributeName::RedrivePolicy)
        .map(serde_json::from_str)
        .transpose()
        .context("a queue's redrive policy")?;
    let number = |name| get(name).unwrap_or("0").parse().context("a queue's count");
    Ok(Queue {
        url,
        arn: get(QueueAttributeName::QueueArn).unwrap_or_default().to_owned(),
        count: number(QueueAttributeName::ApproximateNumberOfMessages)?,
        hidden: number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)?,
        dead_letters: policy
            .and_then(|policy| policy["deadLetterTargetArn"].as_str().map(str::to_owned)),
    })
}

fn failed(
    operation: &'static str,
    error: impl std::error::Error + ProvideErrorMetadata + 'static,
) -> anyhow::Error {
    platform::aws::CallFailed::new(operation, &error).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sqs::types::MessageAttributeValue;

    fn dead(group: Option<&str>) -> Message {
        let trace = MessageAttributeValue::builder().data_type("String").string_value("t-1");
        let mut message = Message::builder()
            .message_id("m-1")
            .body("{}")
            .message_attributes("trace", trace.build().unwrap());
        if let Some(group) = group {
            message = message.attributes(MessageSystemAttributeName::MessageGroupId, group);
        }
        let name = MessageSystemAttributeName::MessageDeduplicationId;
        message.attributes(name, "the old one").build()
    }

    #[test]
    fn a_message_keeps_its_room_and_attributes_but_not_its_old_deduplication_id() {
        let entry = again(3, &dead(Some("room")), true).unwrap();
        assert_eq!((entry.id(), entry.message_body()), ("3", "{}"));
        assert_eq!(entry.message_group_id(), Some("room"));
        assert_eq!(entry.message_deduplication_id(), Some("redrive-m-1"));
        let attributes = entry.message_attributes().unwrap();
        assert_eq!(attributes["trace"].string_value(), Some("t-1"));
    }

    #[test]
    fn only_fifo_queues_have_groups() {
        let entry = again(0, &dead(None), false).unwrap();
        assert_eq!((entry.message_group_id(), entry.message_deduplication_id()), (None, None));
        assert!(again(0, &dead(None), true).is_err());
    }
}
