//! How far a message to a customer got.
//!
//! The status is a lattice that only goes up: `queued < sending < unknown < sent < delivered <
//! read < played`. Providers report out of order, skip `delivered`, and repeat themselves, so a
//! report that is not above what we know changes no status; the time it carries is kept.
//! Acceptance and failure are facts beside the lattice.

use serde::{Deserialize, Serialize};

use super::Outbound;
use crate::Time;

/// A step of the lattice; its number is what the table compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Status {
    /// Stored; nobody has taken it yet.
    Queued = 0,
    /// A run has claimed it and is about to call the provider, or is calling.
    Sending = 1,
    /// The provider may or may not have it. Never resent by itself; a status settles it.
    Unknown = 2,
    /// The provider has it.
    Sent = 3,
    /// The customer's device has it.
    Delivered = 4,
    /// The customer has seen it.
    Read = 5,
    /// The customer has played it.
    Played = 6,
}

impl Status {
    const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        status as Self
    }
}

/// No status has this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a status")]
pub struct NotAStatus;

impl TryFrom<u8> for Status {
    type Error = NotAStatus;

    fn try_from(number: u8) -> Result<Self, NotAStatus> {
        Self::ALL.get(usize::from(number)).copied().ok_or(NotAStatus)
    }
}

/// Why a message failed, in the provider's words and code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When, by the provider's clock if it said so.
    pub at: Time,
    /// The provider's code; 0 where it gave none.
    pub code: i64,
    /// The provider's short words for it.
    pub title: String,
    /// What exactly is wrong, if it said so: which parameter, what was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Failure {
    /// One for which the provider gave no code.
    pub fn uncoded(title: impl Into<String>, at: Time) -> Self {
        Self { at, code: 0, title: title.into(), detail: None }
    }

    /// All that is said of it, in one line.
    pub fn words(&self) -> String {
        let plain = |words: &str| words.trim_end_matches('.').to_lowercase();
        match &self.detail {
            Some(detail) if plain(detail) != plain(&self.title) => {
                format!("{}: {detail}", self.title)
            }
            Some(_) | None => self.title.clone(),
        }
    }
}

/// What the provider says it charges for a message (WhatsApp's `pricing` object).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// Whether it is charged at all.
    pub billable: bool,
    /// `PMP` (per message) or, before July 2025, `CBP`.
    pub model: String,
    /// `regular`, `free_customer_service` or `free_entry_point`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `service`, `utility`, `marketing`, `authentication` ...
    pub category: String,
    /// The conversation that is charged or free as a whole, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
}

/// What the provider says of the conversation to which a message belongs. Since messages are charged
/// one by one it tells only of those that an advertisement opened, which are free until they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// What opened it: `referral_conversion`, `service`, `utility` ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// When it ends, if that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// What a provider reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It is at least this far.
    Reached(Status),
    /// It failed.
    Failed(Failure),
}

/// A report about one of our messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUpdate {
    /// The provider's id of the message.
    pub provider_id: String,
    /// The provider's time.
    pub at: Time,
    /// What happened.
    pub change: Change,
    /// What it charges.
    pub pricing: Option<Pricing>,
}

/// What a report changes about a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Transition {
    /// Nothing that we did not know.
    Nothing,
    /// The message as it is now.
    Changed(Box<Outbound>),
    /// The message as it is now, and its acceptance is news: the session has to be settled.
    Accepted(Box<Outbound>),
}

/// Applies a report. `now` dates an acceptance that we learn from it.
pub fn apply(known: &Outbound, update: &StatusUpdate, now: Time) -> Transition {
    let mut next = known.clone();
    if next.pricing.is_none() {
        next.pricing.clone_from(&update.pricing);
    }
    match &update.change {
        Change::Failed(failure) => {
            next.failure.get_or_insert_with(|| failure.clone());
        }
        Change::Reached(status) => {
            next.status = known.status.max(*status);
            let time = match status {
                Status::Sent => Some(&mut next.sent_at),
                Status::Delivered => Some(&mut next.delivered_at),
                Status::Read => Some(&mut next.read_at),
                Status::Played => Some(&mut next.played_at),
                Status::Queued | Status::Sending | Status::Unknown => None,
            };
            if let Some(time) = time {
                time.get_or_insert(update.at);
            }
        }
    }
    // Whatever is reported of it, a failure too, the provider had taken it: what it refuses at once
    // it never reports on. What the phone's own app sent was never ours to have accepted.
    if known.origin.is_here() && known.accepted_at.is_none() {
        next.accepted_at = Some(now);
        return Transition::Accepted(Box::new(next));
    }
    if next == *known { Transition::Nothing } else { Transition::Changed(Box::new(next)) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Id, integration::Member};

    pub(crate) fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    pub(crate) fn message(status: Status, accepted_at: Option<Time>) -> Outbound {
        Outbound {
            status,
            attempts: 1,
            claimed_at: Some(at(1)),
            accepted_at,
            ..Outbound::queued(
                Member { id: Id::derived(&["ani"]), name: "Ani".into() },
                "628123456789".into(),
            )
        }
    }

    fn failure(code: i64, title: &str) -> Failure {
        Failure { code, ..Failure::uncoded(title, at(5)) }
    }

    #[test]
    fn what_is_said_of_a_failure_is_said_once() {
        for (detail, expected) in [
            (None, "Undeliverable"),
            (Some("undeliverable."), "Undeliverable"),
            (Some("No such number."), "Undeliverable: No such number."),
        ] {
            let detail = detail.map(str::to_owned);
            let failure = Failure { detail, ..failure(131_026, "Undeliverable") };
            assert_eq!(failure.words(), expected);
        }
    }

    fn reached(status: Status, second: i64) -> StatusUpdate {
        StatusUpdate {
            provider_id: "wamid.1".into(),
            at: at(second),
            change: Change::Reached(status),
            pricing: None,
        }
    }

    #[test]
    fn a_status_never_goes_down_but_its_time_is_kept() {
        let read = message(Status::Read, Some(at(2)));
        let Transition::Changed(after) = apply(&read, &reached(Status::Delivered, 5), at(9)) else {
            panic!("the time of delivery is news");
        };
        assert_eq!((after.status, after.delivered_at), (Status::Read, Some(at(5))));
        assert_eq!(apply(&after, &reached(Status::Delivered, 6), at(9)), Transition::Nothing);
    }

    #[test]
    fn played_is_above_read_and_keeps_its_time() {
        let sent = message(Status::Sent, Some(at(2)));
        let Transition::Changed(played) = apply(&sent, &reached(Status::Played, 5), at(9)) else {
            panic!("it is news");
        };
        assert_eq!((played.status, played.played_at), (Status::Played, Some(at(5))));
        let Transition::Changed(read) = apply(&played, &reached(Status::Read, 4), at(9)) else {
            panic!("the time of reading is news");
        };
        assert_eq!((read.status, read.read_at), (Status::Played, Some(at(4))));
    }

    #[test]
    fn what_a_phone_sent_is_reported_on_and_never_settled() {
        let phone = Outbound::from_phone_app(Id::derived(&["i"]), "628".into(), at(1));
        let Transition::Changed(read) = apply(&phone, &reached(Status::Read, 5), at(9)) else {
            panic!("it is no acceptance of ours");
        };
        assert_eq!((read.status, read.accepted_at), (Status::Read, None));
    }

    #[test]
    fn any_report_of_progress_settles_acceptance_once() {
        for before in [Status::Sending, Status::Unknown] {
            let unsettled = message(before, None);
            let Transition::Accepted(after) =
                apply(&unsettled, &reached(Status::Delivered, 5), at(9))
            else {
                panic!("acceptance is news");
            };
            assert_eq!((after.status, after.accepted_at), (Status::Delivered, Some(at(9))));
            assert!(matches!(
                apply(&after, &reached(Status::Read, 6), at(10)),
                Transition::Changed(_)
            ));
        }
    }

    #[test]
    fn a_reported_failure_settles_acceptance_too() {
        let failed = StatusUpdate {
            change: Change::Failed(failure(131_047, "Late")),
            ..reached(Status::Sent, 5)
        };
        let Transition::Accepted(after) = apply(&message(Status::Sending, None), &failed, at(9))
        else {
            panic!("the provider had taken it");
        };
        assert_eq!((after.status, after.accepted_at), (Status::Sending, Some(at(9))));
        assert_eq!(after.failure.unwrap().code, 131_047);
    }

    #[test]
    fn a_failure_stands_beside_the_status_and_is_not_overwritten() {
        let delivered = message(Status::Delivered, Some(at(2)));
        let failed = |code| StatusUpdate {
            change: Change::Failed(failure(code, "Undeliverable")),
            ..reached(Status::Sent, 5)
        };
        let Transition::Changed(after) = apply(&delivered, &failed(131_026), at(9)) else {
            panic!("the failure is news");
        };
        assert_eq!(after.status, Status::Delivered);
        assert_eq!(after.failure.as_ref().unwrap().code, 131_026);
        assert_eq!(apply(&after, &failed(1), at(9)), Transition::Nothing);
    }
}
