//! Records that do not read: a version of ours wrote what this one does not know, or a row is damaged.
//!
//! They would not read again either, so they delay nobody. They are kept where the mapping keeps the
//! batches that it gives up, and in the same form: `cargo dev redrive` hands them back to this function
//! once it can read them. Handed back too early, they are kept once more, under another name.

use aws_lambda_events::event::dynamodb::EventRecord;
use domain::Time;
use platform::{aws::CallFailed, objects::Bucket};
use serde_json::json;

/// Keeps the records of a batch that do not read.
pub(crate) async fn keep(
    bucket: &Bucket,
    function: &str,
    records: &[EventRecord],
    now: Time,
) -> Result<(), CallFailed> {
    let Some(first) = records.first() else { return Ok(()) };
    let key = format!("aws/lambda/{function}/unread/{}-{}.json", now.millis(), first.event_id);
    let given_up = json!({
        "requestContext": { "functionName": function, "condition": "UnreadRecords" },
        "DDBStreamBatchInfo": {
            "approximateArrivalOfFirstRecord": first.change.approximate_creation_date_time,
        },
        "payload": { "Records": records },
    });
    bucket.put(&key, given_up.to_string().into_bytes()).await
}
