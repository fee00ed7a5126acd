//! The billed session: 24 hours of conversation with one customer, counted once.
//!
//! A session opens when a provider accepts a message of ours while none is live, and takes in
//! all that is accepted in the 24 hours that follow, whoever sends it. It is not the reply
//! window (`room::window`), which opens when the *customer* writes and costs nothing.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, message::Message, room::Room};

/// How long a session lasts.
pub const LENGTH: SignedDuration = SignedDuration::from_hours(24);

/// One billed session of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which session; derived from the room and the moment of opening.
    pub id: Id<Session>,
    /// When it opened: the acceptance of its first message.
    pub opened_at: Time,
    /// That message. A run that dies between opening a session and recording the acceptance
    /// leaves it behind, and whoever learns of the acceptance next finds its date here.
    pub opened_by: Id<Message>,
}

impl Session {
    /// The session that the acceptance of this message at this moment opens.
    pub fn opened(room: Id<Room>, by: Id<Message>, at: Time) -> Self {
        let millis = at.millis().to_string();
        Self {
            id: Id::derived(&["session", &room.to_string(), &millis]),
            opened_at: at,
            opened_by: by,
        }
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
    /// It opened the session itself, when it was first learned of.
    Opened(Session),
    /// It opens a session.
    Open(Session),
}

/// Which session a message belongs to whose acceptance is learned of then.
pub fn settle(
    current: Option<&Session>,
    room: Id<Room>,
    message: Id<Message>,
    accepted_at: Time,
) -> Settle {
    match current {
        Some(session) if session.opened_by == message => Settle::Opened(session.clone()),
        Some(session) if session.takes_in(accepted_at) => Settle::Join(session.clone()),
        _ => Settle::Open(Session::opened(room, message, accepted_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_takes_in_24_hours_and_not_a_millisecond_more() {
        let (room, first) = (Id::derived(&["room"]), Id::derived(&["first"]));
        let other = Id::derived(&["other"]);
        let start = Time::from_millis(1_800_000_000_000);
        let session = Session::opened(room, first, start);
        assert_eq!(settle(None, room, first, start), Settle::Open(session.clone()));
        let last = start.plus(LENGTH - SignedDuration::from_millis(1));
        for inside in [start.plus(SignedDuration::from_millis(-3)), start, last] {
            let joins = Settle::Join(session.clone());
            assert_eq!(settle(Some(&session), room, other, inside), joins);
        }
        let after = start.plus(LENGTH);
        assert_eq!(
            settle(Some(&session), room, other, after),
            Settle::Open(Session::opened(room, other, after))
        );
        // Learned of again after a crash: it is the acceptance that it was.
        assert_eq!(settle(Some(&session), room, first, after), Settle::Opened(session.clone()));
    }
}
