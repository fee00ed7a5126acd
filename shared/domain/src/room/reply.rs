//! A member answers.

use super::{LastMessage, Room, Status, Window};
use crate::{Time, message::Message};

/// Why a member may not write freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyRefused {
    /// More than 24 hours since the customer wrote.
    #[error(
        "The reply window closed at {closed_at}. Free text is allowed within 24 hours of the \
         customer's last message; until the customer writes again, only an approved template is."
    )]
    WindowClosed {
        /// When it closed.
        closed_at: Time,
    },
    /// The room is done.
    #[error(
        "The room is resolved. It becomes live again when the customer writes; until then only \
         an approved template can be sent."
    )]
    RoomResolved,
}

/// Whether free text may be sent now.
pub fn reply(room: &Room, now: Time) -> Result<(), ReplyRefused> {
    match (room.status, room.window(now)) {
        (Status::Resolved, _) => Err(ReplyRefused::RoomResolved),
        (Status::Unassigned | Status::Assigned, Window::Expired) => {
            Err(ReplyRefused::WindowClosed { closed_at: room.window_closes_at() })
        }
        (Status::Unassigned | Status::Assigned, Window::Open | Window::Expiring) => Ok(()),
    }
}

/// What an accepted message of ours does to its room.
#[derive(Debug, PartialEq, Eq)]
pub enum Replied {
    /// The room knows a later one already.
    Nothing,
    /// The room as it is now.
    Touched(Box<Room>),
}

/// A provider took this message of ours.
pub fn replied(room: &Room, message: &Message) -> Replied {
    let mut next = room.clone();
    next.last_outbound_at = room.last_outbound_at.max(Some(message.at));
    if room.last_message.is_before(message) {
        next.last_message = LastMessage::of(message);
    }
    next.activity_at = room.activity_at.max(message.at);
    if next == *room { Replied::Nothing } else { Replied::Touched(Box::new(next)) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, room},
        *,
    };

    #[test]
    fn free_text_needs_an_open_window_and_a_live_room() {
        let day = 24 * 3600;
        let closed = ReplyRefused::WindowClosed { closed_at: at(99 + day) };
        for (status, second, answer) in [
            (Status::Unassigned, 200, Ok(())),
            (Status::Assigned, 99 + day - 1, Ok(())),
            (Status::Assigned, 99 + day, Err(closed)),
            (Status::Resolved, 200, Err(ReplyRefused::RoomResolved)),
            (Status::Resolved, 99 + day, Err(ReplyRefused::RoomResolved)),
        ] {
            let room = Room { status, ..room() };
            assert_eq!(reply(&room, at(second)), answer, "{status:?} at {second}");
        }
    }
}
