//! What became of the work with providers, told to whoever watches: a line in the log and a number.
//!
//! Every number here has its alarm or its place on the dashboard (infra/template.yaml); a test holds
//! that. Lines bear ids and codes, never an address or a word: even WhatsApp's message ids contain
//! the customer's number. No field is called `message`: that is the line's own text in JSON.

use domain::{Time, message::FetchFault};
use platform::telemetry;
use store::StoreError;

/// What is counted, under its name in CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// A provider took a message.
    AcceptedSends,
    /// A message will never be sent.
    FailedSends,
    /// Nobody knows whether a provider took a message.
    UnknownSends,
    /// A customer's file is stored.
    FetchedFiles,
    /// A customer's file could not be had, for now or for good.
    MissedFiles,
    /// Part of a delivery had to be put off.
    SetAsideElements,
    /// A rightly signed body made no sense.
    UnparseableBodies,
    /// A record of the table's stream does not read: what it asks for is not done.
    UnreadRecords,
    /// Clients were not told at once: they catch up.
    FailedPushes,
    /// A socket could not be opened, heard or closed, for a reason of our own.
    FailedSockets,
    /// A run of the sweep left something to the next one.
    FailedSweeps,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::AcceptedSends,
        Self::FailedSends,
        Self::UnknownSends,
        Self::FetchedFiles,
        Self::MissedFiles,
        Self::SetAsideElements,
        Self::UnparseableBodies,
        Self::UnreadRecords,
        Self::FailedPushes,
        Self::FailedSockets,
        Self::FailedSweeps,
    ];

    /// Its name in namespace `Sapa`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AcceptedSends => "AcceptedSends",
            Self::FailedSends => "FailedSends",
            Self::UnknownSends => "UnknownSends",
            Self::FetchedFiles => "FetchedFiles",
            Self::MissedFiles => "MissedFiles",
            Self::SetAsideElements => "SetAsideElements",
            Self::UnparseableBodies => "UnparseableBodies",
            Self::UnreadRecords => "UnreadRecords",
            Self::FailedPushes => "FailedPushes",
            Self::FailedSockets => "FailedSockets",
            Self::FailedSweeps => "FailedSweeps",
        }
    }

    /// One more.
    pub(crate) fn count(self, at: Time) {
        telemetry::count(self.name(), at.millis());
    }
}

/// What became of an attempt to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The provider took it.
    Accepted,
    /// The provider will not take it now; it is tried again.
    Again,
    /// It will never be sent.
    Failed,
    /// Nobody knows.
    Unknown,
}

impl Sent {
    /// Tells of it.
    pub(crate) fn tell(self, message_key: &str, at: Time) {
        match self {
            Self::Accepted => {
                tracing::info!(message_key, "the provider took a message");
                Metric::AcceptedSends.count(at);
            }
            Self::Again => {
                tracing::info!(message_key, "a message is tried again");
            }
            Self::Failed => {
                tracing::warn!(message_key, "a message failed");
                Metric::FailedSends.count(at);
            }
            Self::Unknown => {
                tracing::warn!(message_key, "a message's outcome is unknown");
                Metric::UnknownSends.count(at);
            }
        }
    }
}

/// Tells of a socket that could not be served. Its function answers all the same, so that nobody else
/// learns of it.
pub fn tell_of_socket(connection: &str, error: &StoreError, at: Time) {
    tracing::error!(%error, connection, "a socket could not be served");
    Metric::FailedSockets.count(at);
}

/// Tells of a record of the table's stream that does not read, by its id.
pub fn tell_of_record(record: &str, error: &StoreError, at: Time) {
    tracing::error!(%error, record, "a record of the stream does not read");
    Metric::UnreadRecords.count(at);
}

/// Tells of a file that was stored, or was not to be had.
pub(crate) fn tell_of_file(message_key: &str, missed: Option<FetchFault>, at: Time) {
    match missed {
        None => {
            tracing::info!(message_key, "a file was fetched");
            Metric::FetchedFiles.count(at);
        }
        Some(fault) => {
            let fault = fault.name();
            tracing::warn!(message_key, fault, "a file could not be fetched");
            Metric::MissedFiles.count(at);
        }
    }
}
