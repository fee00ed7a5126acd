//! Queue messages, one by one, with partial failures.
//!
//! A batch must never fail or succeed as a whole: that would repeat what is done or lose what
//! is not. Messages of one FIFO group run in order and stop at their first failure, since what
//! comes after must not overtake it; groups run beside each other.

use std::collections::BTreeMap;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::{StreamExt, stream};

/// The message could not be dealt with now and has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again;

/// Runs `job` on every message, at most `width` groups at a time, and reports what failed.
pub async fn run<F>(event: SqsEvent, width: usize, job: F) -> SqsBatchResponse
where
    F: AsyncFn(&SqsMessage) -> Result<(), Again>,
{
    let groups = by_group(event);
    let job = &job;
    let failed: Vec<Vec<String>> = stream::iter(groups)
        .map(|messages| async move {
            let mut messages = messages.into_iter();
            for message in messages.by_ref() {
                if job(&message).await == Err(Again) {
                    let rest = messages.filter_map(|message| message.message_id);
                    return message.message_id.into_iter().chain(rest).collect();
                }
            }
            Vec::new()
        })
        .buffer_unordered(width)
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    failed.into_iter().flatten().for_each(|id| response.add_failure(id));
    response
}

/// Groups of messages in their order; a message of a standard queue is a group of its own.
fn by_group(event: SqsEvent) -> Vec<Vec<SqsMessage>> {
    let mut groups: Vec<Vec<SqsMessage>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for message in event.records {
        match message.attributes.get("MessageGroupId") {
            None => groups.push(vec![message]),
            Some(group) => match places.get(group) {
                Some(&place) => groups[place].push(message),
                None => {
                    places.insert(group.clone(), groups.len());
                    groups.push(vec![message]);
                }
            },
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn message(id: &str, group: Option<&str>) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.into());
        if let Some(group) = group {
            message.attributes.insert("MessageGroupId".into(), group.into());
        }
        message
    }

    #[tokio::test]
    async fn a_failure_stops_its_group_and_nobody_else() {
        let mut event = SqsEvent::default();
        event.records = vec![
            message("a1", Some("a")),
            message("b1", Some("b")),
            message("a2", Some("a")),
            message("alone", None),
            message("b2", Some("b")),
        ];
        let ran = Mutex::new(Vec::new());
        let response = run(event, 2, async |message: &SqsMessage| {
            let id = message.message_id.clone().unwrap();
            ran.lock().unwrap().push(id.clone());
            if id == "a1" { Err(Again) } else { Ok(()) }
        })
        .await;
        let failed: Vec<_> = response
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        assert_eq!(failed, ["a1", "a2"]);
        let mut ran = ran.into_inner().unwrap();
        ran.sort();
        assert_eq!(ran, ["a1", "alone", "b1", "b2"]);
    }
}
