//! What was given up is taken up again, by the command that an engineer would type.

use std::time::Duration;

use anyhow::Context;
use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::stack::{STEP, Stack, alone, customer};

/// `cargo dev redrive` on this stack; what it prints.
fn redrive(stack: &Stack, arguments: &[&str]) -> anyhow::Result<String> {
    stack.dev(&[&["redrive"], arguments].concat())
}

/// The outbound queue, which for the while of a story gives up early and looks often.
struct Impatient {
    sqs: aws_sdk_sqs::Client,
    url: String,
    policy: String,
}

impl Impatient {
    async fn queue(aws: &SdkConfig, stack: &Stack) -> anyhow::Result<Self> {
        let sqs = aws_sdk_sqs::Client::new(aws);
        let name = format!("{}-outbound.fifo", stack.state("stack"));
        let url = sqs.get_queue_url().queue_name(name).send().await?;
        let url = url.queue_url.context("the queue has an address")?;
        let told = sqs
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(QueueAttributeName::RedrivePolicy)
            .send()
            .await?;
        let attributes = told.attributes.unwrap_or_default();
        let policy = attributes.get(&QueueAttributeName::RedrivePolicy).cloned();
        let policy = policy.context("the queue has dead letters")?;
        let mut hasty: Value = serde_json::from_str(&policy)?;
        hasty["maxReceiveCount"] = json!(1);
        let queue = Self { sqs, url, policy };
        queue.set(&hasty.to_string()).await?;
        Ok(queue)
    }

    async fn set(&self, policy: &str) -> anyhow::Result<()> {
        let call = self.sqs.set_queue_attributes().queue_url(&self.url);
        call.attributes(QueueAttributeName::RedrivePolicy, policy).send().await?;
        Ok(())
    }

    async fn again_patient(self) -> anyhow::Result<()> {
        self.set(&self.policy).await
    }
}

/// Waits until `cargo dev redrive --dry-run` counts a dead letter.
async fn until_given_up(stack: &Stack) -> anyhow::Result<String> {
    for _ in 0..40 {
        let counted = redrive(stack, &["--queue", "outbound", "--dry-run"])?;
        if counted.contains(" 1 dead letters") {
            return Ok(counted);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    anyhow::bail!("nothing was given up")
}

#[tokio::test]
async fn a_reply_that_the_queue_gave_up_is_sent_after_all() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let aws = stack.aws().await?;
    // The sweep looks at the same letters once a minute, and may be faster: then once more.
    for _ in 0..2 {
        if is_redriven(&stack, &aws, &customer()).await? {
            return Ok(());
        }
    }
    anyhow::bail!("the sweep was faster twice")
}

/// Whether it was the command that took the reply up; sent once it is in any case.
async fn is_redriven(stack: &Stack, aws: &SdkConfig, customer: &str) -> anyhow::Result<bool> {
    let room = stack.hears(customer, "Halo").await?;

    let queue = Impatient::queue(aws, stack).await?;
    stack.fault("rate-limit", 1).await?;
    let words = "Terlambat, tapi sampai";
    let reply = stack.reply(&room, words, "given-up").await?;
    let given_up = until_given_up(stack).await;
    queue.again_patient().await?;
    let moved = redrive(stack, &["--yes"])?;
    stack.until(&room, &reply["id"], "read", 60 * STEP).await?;
    assert_eq!(stack.times_sent(customer, words).await?, 1);
    let is_moved = given_up.is_ok() && moved.contains("1 moved back");
    if is_moved {
        let nothing = redrive(stack, &["--yes"])?;
        assert!(nothing.contains("Nothing was given up."), "{nothing}");
    }
    Ok(is_moved)
}

#[tokio::test]
async fn a_batch_that_the_stream_gave_up_is_replayed_and_sends_nothing_twice() -> anyhow::Result<()>
{
    let _alone = alone().await;
    let stack = Stack::running()?;
    let aws = stack.aws().await?;
    let s3 = aws_sdk_s3::Client::new(&aws);
    let name = stack.state("stack");
    let bucket = stack.bucket(&s3).await?;
    // What Lambda would have written; this emulator writes none. The event is relay's own sample.
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/relay/new-message.json");
    let event = std::fs::read_to_string(sample)?;
    let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{name}-relay");
    let record = json!({
        "requestContext": { "functionArn": arn, "condition": "RecordAgeExceeded" },
        "DDBStreamBatchInfo": { "approximateArrivalOfFirstRecord": "2026-11-22T10:00:00Z" },
        "payload": event,
    });
    let key = "aws/lambda/mapping/shard/2026/11/22/2026-11-22T10.00.00-one";
    let put = async || {
        let body = record.to_string().into_bytes().into();
        s3.put_object().bucket(&bucket).key(key).body(body).send().await
    };
    put().await?;
    let dry = redrive(&stack, &["--batches", "--dry-run"])?;
    assert!(dry.contains("1 batches, the first of 2026-11-22T10:00:00Z"), "{dry}");
    let replayed = redrive(&stack, &["--batches", "--yes"])?;
    assert!(replayed.contains(&format!("{name}-relay took 1 records")), "{replayed}");
    let left = s3.list_objects_v2().bucket(&bucket).prefix("aws/lambda/").send().await?;
    assert_eq!(left.contents.unwrap_or_default().len(), 0);

    // One that names no event stays where it is, and says so.
    let odd = aws_sdk_s3::primitives::ByteStream::from_static(b"{}");
    s3.put_object().bucket(&bucket).key(key).body(odd).send().await?;
    let refused = redrive(&stack, &["--batches", "--yes"]).unwrap_err().to_string();
    assert!(refused.contains("names no function"), "{refused}");
    s3.delete_object().bucket(&bucket).key(key).send().await?;
    Ok(())
}
