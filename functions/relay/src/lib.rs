//! The table's stream: carries what is to be sent to the outbound queue, what is to be fetched, or
//! taken away, to the media queue, and what has happened to the journal and the open sockets.
//!
//! In this order: queues, journal, sockets. Sending waits for nothing else of its batch, and
//! pushing, which nobody relies on, comes last and within a time limit. If a queue or the journal
//! can't be reached, the whole batch comes again: what is repeated is harmless, since the outbound
//! queue knows a message by its id, the sender claims it, a file is fetched once, and an event that
//! is applied twice changes nothing.
//!
//! A record that does not read would not read again either: it is put aside (`unread.rs`), so that
//! it delays nobody.

mod records;
mod unread;

use std::sync::Arc;

use app::live::{Pusher, digest, write_journal};
use aws_lambda_events::event::{dynamodb::Event, streams::DynamoDbEventResponse};
use platform::{
    Source,
    aws::CallFailed,
    objects::Bucket,
    queue::{BATCH, Ordered, Queue},
};
use store::{StoreError, Table};

/// What the function works with.
#[derive(Debug)]
pub struct Relay {
    /// Messages to be sent.
    pub sends: Queue,
    /// Files to be fetched, and objects to be taken away.
    pub media: Queue,
    /// The table, for the journal.
    pub table: Table,
    /// The bucket, for records that do not read.
    pub bucket: Bucket,
    /// The name of this function, which those are given back to.
    pub function: String,
    /// The way to the sockets.
    pub pusher: Pusher,
    /// The clock and randomness.
    pub source: Source,
}

/// Why a batch has to come again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// A queue or the bucket could not be reached.
    #[error(transparent)]
    Call(#[from] CallFailed),
    /// The queue took only some messages.
    #[error("a queue refused {0} messages")]
    Refused(usize),
    /// The journal could not be written.
    #[error("the journal: {0}")]
    Journal(#[from] StoreError),
}

/// Serves one batch. The answer names no failures: a batch is done, or it comes again.
pub async fn handle(relay: Arc<Relay>, event: Event) -> Result<DynamoDbEventResponse, RelayError> {
    let (records, unread) = records::read(event, relay.source.now().into());
    let sends: Vec<Ordered> = records.iter().filter_map(records::send).collect();
    let of_files = |record| records::fetch(record).or_else(|| records::expire(record));
    let files: Vec<String> = records.iter().filter_map(of_files).collect();
    for chunk in sends.chunks(BATCH) {
        all_taken(relay.sends.send_ordered(chunk).await?)?;
    }
    for chunk in files.chunks(BATCH) {
        all_taken(relay.media.send_batch(chunk).await?)?;
    }
    // The journal's time is taken now, not when the batch began: a cursor looks back only so far.
    let ctx = relay.source.ctx();
    let changes =
        records.into_iter().map(|record| (record.organization, record.changed, record.size));
    let news = digest(changes);
    write_journal(&relay.table, &news, &ctx).await?;
    unread::keep(&relay.bucket, &relay.function, &unread, ctx.now.into()).await?;
    relay.pusher.push_news(&relay.table, &news, ctx.now).await;
    Ok(DynamoDbEventResponse::default())
}

fn all_taken(refused: Vec<usize>) -> Result<(), RelayError> {
    if refused.is_empty() { Ok(()) } else { Err(RelayError::Refused(refused.len())) }
}
