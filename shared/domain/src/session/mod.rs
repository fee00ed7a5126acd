//! The billed session: 24 hours of conversation with one customer, counted once.
//!
//! A session opens when a provider accepts a message of ours while none is live, and takes in
//! all that is accepted in the 24 hours that follow, whoever sends it. It is not the reply
//! window (`room::window`), which opens when the *customer* writes and costs nothing.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, room::Room};

/// How long a session lasts.
pub const LENGTH: SignedDuration = SignedDuration::from_hours(24);

/// One billed session of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which session; derived from the room and the moment of opening.
    pub id: Id<Session>,
    /// When it opened: the acceptance of its first message.
    pub opened_at: Time,
}

impl Session {
    /// The session that an acceptance at this moment opens.
    pub fn opened(room: Id<Room>, at: Time) -> Self {
        let millis = at.millis().to_string();
        Self { id: Id::derived(&["session", &room.to_string(), &millis]), opened_at: at }
    }

    /// Whether something accepted then belongs to it. Two acceptances may race and be recorded
    /// in the other order, so one shortly *before* the opening belongs to it too.
    pub fn takes_in(&self, accepted_at: Time) -> bool {
        accepted_at < self.opened_at.plus(LENGTH)
    }
}

/// What an acceptance does to a room's sessions.
#[derive(Debug, PartialEq, Eq)]
pub enum Settle {
    /// It belongs to the live session.
    Join(Session),
    /// It opens a session.
    Open(Session),
}

/// Which session a message belongs to that was accepted then.
pub fn settle(current: Option<&Session>, room: Id<Room>, accepted_at: Time) -> Settle {
    match current {
        Some(session) if session.takes_in(accepted_at) => Settle::Join(session.clone()),
        _ => Settle::Open(Session::opened(room, accepted_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_takes_in_24_hours_and_not_a_millisecond_more() {
        let room = Id::derived(&["room"]);
        let start = Time::from_millis(1_800_000_000_000);
        let first = Session::opened(room, start);
        assert_eq!(settle(None, room, start), Settle::Open(first.clone()));
        let last = start.plus(LENGTH - SignedDuration::from_millis(1));
        for inside in [start.plus(SignedDuration::from_millis(-3)), start, last] {
            assert_eq!(settle(Some(&first), room, inside), Settle::Join(first.clone()));
        }
        let after = start.plus(LENGTH);
        assert_eq!(settle(Some(&first), room, after), Settle::Open(Session::opened(room, after)));
    }
}
