//! One attempt to send: claim, call, record.
//!
//! No channel offers an idempotency key, so a call whose outcome is not known is never made
//! again: at most once, and we know when we don't know. A claim is a lease as long as a run can
//! live. Who finds an older one has found a run that died between claiming and recording.

use jiff::SignedDuration;

use super::{Failure, Outbound, Status};
use crate::Time;

/// How long a run may hold a message: the timeout of the function that sends.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How often a passing refusal is tried again before it is a failure.
pub const MAX_ATTEMPTS: u32 = 5;

/// What a run finds that could not claim a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// There is nothing left to do.
    Done,
    /// Another run may still be at it.
    Wait,
    /// Its run has died, and nobody knows whether the provider has it.
    Abandoned(Box<Outbound>),
}

/// Judges a message that could not be claimed.
pub fn found(message: &Outbound, now: Time) -> Found {
    match left_unknown(message) {
        None => Found::Done,
        Some(unknown) => match message.claimed_at {
            Some(claimed_at) if claimed_at.plus(LEASE) >= now => Found::Wait,
            _ => Found::Abandoned(Box::new(unknown)),
        },
    }
}

/// The outcome of the call is not known; `None` if it is known after all.
pub fn left_unknown(message: &Outbound) -> Option<Outbound> {
    in_flight(message).then(|| Outbound { status: Status::Unknown, ..message.clone() })
}

/// The provider did not take it, for now: anyone may claim it again.
pub fn released(message: &Outbound) -> Option<Outbound> {
    in_flight(message).then(|| Outbound { claimed_at: None, claimed_by: None, ..message.clone() })
}

/// The provider did not take it, for good.
pub fn failed(message: &Outbound, failure: &Failure) -> Option<Outbound> {
    message
        .failure
        .is_none()
        .then(|| Outbound { failure: Some(failure.clone()), ..message.clone() })
}

fn in_flight(message: &Outbound) -> bool {
    message.status == Status::Sending && message.failure.is_none() && message.accepted_at.is_none()
}

/// How long to wait after this many attempts, the first being 1.
pub fn pause(attempts: u32, paced: bool) -> SignedDuration {
    let doubled = 1_i64 << attempts.clamp(1, 6);
    // WhatsApp allows one message per customer in 6 s; a shorter pause is refused again.
    SignedDuration::from_secs(if paced { doubled.max(6) } else { doubled })
}

#[cfg(test)]
mod tests {
    use super::{
        super::delivery::tests::{at, message},
        *,
    };

    #[test]
    fn a_claim_is_a_lease() {
        let mut sending = message(Status::Sending, None);
        sending.claimed_at = Some(at(100));
        assert_eq!(found(&sending, at(130)), Found::Wait);
        let Found::Abandoned(unknown) = found(&sending, at(131)) else { panic!("abandoned") };
        assert_eq!(unknown.status, Status::Unknown);
        assert_eq!(found(&unknown, at(999)), Found::Done);
    }

    #[test]
    fn what_is_settled_stays_settled() {
        let accepted = message(Status::Sending, Some(at(100)));
        assert_eq!(left_unknown(&accepted), None);
        assert_eq!(released(&accepted), None);
        let failure = Failure::uncoded("Undeliverable", at(1));
        let failed_once = failed(&message(Status::Sending, None), &failure).unwrap();
        assert_eq!(found(&failed_once, at(999)), Found::Done);
        assert_eq!(failed(&failed_once, &failure), None);
    }

    #[test]
    fn pauses_grow() {
        let pauses = [1, 2, 5, 99].map(|attempts| pause(attempts, false).as_secs());
        assert_eq!(pauses, [2, 4, 32, 64]);
        assert_eq!(pause(1, true).as_secs(), 6);
    }
}
