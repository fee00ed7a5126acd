//! The stream's records, read.

use app::{
    jobs::{ExpiryJob, MediaJob, SendJob},
    outcomes::tell_of_record,
};
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use domain::{Id, Time, integration::Organization};
use platform::queue::Ordered;
use store::{
    StoreError,
    stream::{Changed, awaited_round, changed},
};

/// A record that reads.
pub(crate) struct Record {
    pub(crate) organization: Id<Organization>,
    /// Whether the row was not there before.
    is_new: bool,
    /// Whether it awaits a file now and did not before, or in another round: of a message that came
    /// with a file, or whose file an agent, or the sweep, asks for again.
    awaits: bool,
    /// About how many bytes the row has.
    pub(crate) size: usize,
    pub(crate) changed: Changed,
}

/// The records of rows that somebody follows, and those that do not read.
pub(crate) fn read(event: Event, now: Time) -> (Vec<Record>, Vec<EventRecord>) {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for record in event.records {
        match read_one(&record) {
            Ok(found) => read.extend(found),
            Err(error) => {
                tell_of_record(&record.event_id, &error, now);
                unread.push(record);
            }
        }
    }
    (read, unread)
}

fn read_one(record: &EventRecord) -> Result<Option<Record>, StoreError> {
    let is_new = record.event_name == "INSERT";
    let change = &record.change;
    let size = usize::try_from(change.size_bytes).unwrap_or(0);
    let round = awaited_round(&change.new_image);
    let awaits = round.is_some() && round != awaited_round(&change.old_image);
    let found = changed(change.old_image.clone(), change.new_image.clone())?;
    Ok(found.map(|(organization, changed)| Record { organization, is_new, awaits, size, changed }))
}

/// The sending that a record asks for, if it is a new message of ours.
pub(crate) fn send(record: &Record) -> Option<Ordered> {
    let Changed::Message(message) = &record.changed else { return None };
    if !record.is_new {
        return None;
    }
    let job = SendJob::of(record.organization, message)?;
    tracing::info!(trace = job.trace, message_key = job.message, "a message is to be sent");
    job.queued(message).inspect_err(|error| tracing::error!(%error, "a job can't be written")).ok()
}

/// The fetching that a record asks for, if it does.
pub(crate) fn fetch(record: &Record) -> Option<String> {
    let Changed::Message(message) = &record.changed else { return None };
    if !record.awaits {
        return None;
    }
    let job = MediaJob::of(record.organization, message)?;
    tracing::info!(trace = job.trace, message_key = job.message, "a file is to be fetched");
    serde_json::to_string(&job)
        .inspect_err(|error| tracing::error!(%error, "a job can't be written"))
        .ok()
}

/// The taking away that a record asks for, if a row is gone. Who erased it did that already, and once
/// more does no harm.
pub(crate) fn expire(record: &Record) -> Option<String> {
    let Changed::Gone { objects, message } = &record.changed else { return None };
    let expired_keys = objects.iter().filter(|key| !key.is_empty()).cloned().collect();
    let expired_message = message.map(|message| message.to_string());
    let job = ExpiryJob { organization_id: record.organization, expired_keys, expired_message };
    serde_json::to_string(&job)
        .inspect_err(|error| tracing::error!(%error, "a job can't be written"))
        .ok()
}
