//! A message whose job has used up its tries in the queue.
//!
//! The queue gave up, the message did not: it still says `queued`, and an agent waits. So its job
//! is taken up again, a bounded number of times and after growing pauses: an outage that outlasts
//! the queue's patience is rarely longer than an hour. Then the message fails, where its sender
//! sees it and can send it again. The count of rounds travels in the job.

use jiff::SignedDuration;

use super::{Failure, Outbound, failed, left_unknown};

/// How often a job is taken up again.
pub const ROUNDS: u32 = 3;

/// What is to become of the message.
#[derive(Debug, PartialEq, Eq)]
pub enum Stranded {
    /// It is on its way or has ended: its job is not needed any more.
    Settled,
    /// Its job is to be queued again.
    Again,
    /// Nobody tries any more: the message as it is to be.
    GivenUp(Box<Outbound>),
}

/// Judges a message whose job was given up after so many rounds.
pub fn stranded(message: &Outbound, rounds: u32, failure: &Failure) -> Stranded {
    // A claimed message is among those that would be left unknown, a settled one is not.
    let Some(unknown) = left_unknown(message).or_else(|| waiting(message)) else {
        return Stranded::Settled;
    };
    if rounds < ROUNDS {
        return Stranded::Again;
    }
    match message.claimed_at {
        // A run has died with it, and nobody knows whether the provider has it.
        Some(_) => Stranded::GivenUp(Box::new(unknown)),
        None => failed(message, failure)
            .map_or(Stranded::Settled, |failed| Stranded::GivenUp(Box::new(failed))),
    }
}

/// How long a job rests before it is taken up again, by the rounds it has had.
pub fn rest(rounds: u32) -> SignedDuration {
    match rounds {
        0 => SignedDuration::from_mins(1),
        1 => SignedDuration::from_mins(10),
        _ => SignedDuration::from_mins(60),
    }
}

fn waiting(message: &Outbound) -> Option<Outbound> {
    let waits = message.status == super::Status::Queued && message.failure.is_none();
    waits.then(|| message.clone())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Status,
            delivery::tests::{at, message},
        },
        *,
    };

    fn failure() -> Failure {
        Failure::uncoded("The message could not be sent.", at(9))
    }

    #[test]
    fn what_waits_is_tried_again_and_then_fails() {
        let mut queued = message(Status::Queued, None);
        queued.claimed_at = None;
        for rounds in 0..ROUNDS {
            assert_eq!(stranded(&queued, rounds, &failure()), Stranded::Again);
        }
        let Stranded::GivenUp(failed) = stranded(&queued, ROUNDS, &failure()) else {
            panic!("given up")
        };
        assert_eq!((failed.status, failed.failure.as_ref()), (Status::Queued, Some(&failure())));
        assert_eq!(stranded(&failed, ROUNDS, &failure()), Stranded::Settled);
    }

    #[test]
    fn what_a_dead_run_has_claimed_ends_unknown_and_what_is_settled_is_left_alone() {
        let claimed = message(Status::Sending, None);
        assert_eq!(stranded(&claimed, 0, &failure()), Stranded::Again);
        let Stranded::GivenUp(unknown) = stranded(&claimed, ROUNDS, &failure()) else {
            panic!("given up")
        };
        assert_eq!((unknown.status, &unknown.failure), (Status::Unknown, &None));
        let released = Outbound { claimed_at: None, ..claimed };
        let Stranded::GivenUp(failed) = stranded(&released, ROUNDS, &failure()) else {
            panic!("given up")
        };
        assert!(failed.failure.is_some());
        for settled in [message(Status::Sent, Some(at(3))), message(Status::Unknown, None)] {
            assert_eq!(stranded(&settled, 0, &failure()), Stranded::Settled);
        }
    }

    #[test]
    fn rests_grow() {
        assert!(rest(0) < rest(1) && rest(1) < rest(2));
    }
}
