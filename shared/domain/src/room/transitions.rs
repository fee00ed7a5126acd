//! What members do to a room: read it, resolve it.

use super::{Room, Status};
use crate::{Id, Time, integration::Member, message::Message};

/// Why a room can't be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveRefused {
    /// The customer has written since.
    #[error("A message has come that you have not seen: {unseen}.")]
    NewerMessage {
        /// What there is to see first.
        unseen: Id<Message>,
    },
}

/// A member resolves a room, having seen everything up to `seen`: `Some` new room, or `None` if
/// it is resolved already.
///
/// To have seen the message that the room took in last is to have seen all. The last message by
/// position says less, since a late message lies above it: it counts if it is an answer that was
/// written after the room took in what came last.
pub fn resolve(
    room: &Room,
    seen: Option<Id<Message>>,
    by: &Member,
    now: Time,
) -> Result<Option<Room>, ResolveRefused> {
    let unseen = room.last_taken.message_id;
    let last = &room.last_message;
    let is_answer = !last.from_customer && last.position.at >= room.last_taken.at;
    let saw_all = |seen| seen == unseen || (is_answer && seen == last.position.id);
    if seen.is_some_and(|seen| !saw_all(seen)) {
        return Err(ResolveRefused::NewerMessage { unseen });
    }
    Ok(match room.status {
        Status::Resolved => None,
        Status::Unassigned | Status::Assigned => Some(Room {
            status: Status::Resolved,
            resolved_at: Some(now),
            resolved_by: Some(by.clone()),
            last_read: Some(room.last_received.clone()),
            unread: 0,
            due_at: None,
            ..room.clone()
        }),
    })
}

/// A member has read all that the room took in: `Some` new room, or `None` if nothing was new.
pub fn read(room: &Room) -> Option<Room> {
    (room.unread > 0 || room.last_read.as_ref() != Some(&room.last_received)).then(|| Room {
        last_read: Some(room.last_received.clone()),
        unread: 0,
        ..room.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, receipt, room},
        *,
    };

    fn member(name: &str) -> Member {
        Member { id: Id::derived(&[name]), name: name.into() }
    }

    #[test]
    fn resolving_asks_for_the_last_message_taken_in() {
        let mut room = room();
        let first = room.last_received.message_id;
        room.last_taken = receipt(110, "late");
        let unseen = room.last_taken.message_id;
        let ani = member("Ani");
        // "late" lies above "first" in the history: who saw only the bottom has not seen it.
        let refused = Err(ResolveRefused::NewerMessage { unseen });
        assert_eq!(resolve(&room, Some(first), &ani, at(200)), refused);
        let done = resolve(&room, Some(unseen), &ani, at(200)).unwrap().unwrap();
        assert_eq!((done.status, done.unread), (Status::Resolved, 0));
        assert_eq!(resolve(&done, Some(unseen), &ani, at(300)), Ok(None));

        room.last_message.from_customer = false;
        assert_eq!(resolve(&room, Some(first), &ani, at(200)), refused);
        room.last_message.position.at = at(111);
        assert!(resolve(&room, Some(first), &ani, at(200)).is_ok());
    }

    #[test]
    fn reading_covers_what_was_received_and_no_more() {
        let seen = read(&room()).unwrap();
        assert_eq!((seen.unread, seen.last_read.as_ref()), (0, Some(&room().last_received)));
        assert_eq!(read(&seen), None);
    }
}
