//! Two contacts turn out to be one person: what becomes of their rooms.
//!
//! Both rooms stay, with all that was said in them, since a message never moves. The one that
//! goes belongs to the contact that stays, and says where the customer is answered now; it keeps
//! its status, so that what nobody has answered stays in the inbox until somebody resolves it.
//! The one that stays takes over the reply window. Both decisions may be taken again at any time.

use super::{Room, window_closes};
use crate::{Id, Time, contact::Contact};

/// The room that goes, once it is merged into another. `None` if it is so already.
pub fn merged(goes: &Room, contact: Id<Contact>, into: Id<Room>) -> Option<Room> {
    let next = Room { contact_id: contact, merged_into: Some(into), ..goes.clone() };
    (next != *goes).then_some(next)
}

/// The room that stays, once another was merged into it. `None` if it is so already. A window that has
/// closed long since is looked at now: nothing was late.
pub fn merged_into(stays: &Room, goes: &Room, now: Time) -> Option<Room> {
    let last_inbound_at = stays.last_inbound_at.max(goes.last_inbound_at);
    let last_outbound_at = stays.last_outbound_at.max(goes.last_outbound_at);
    let mut next = Room { last_inbound_at, last_outbound_at, ..stays.clone() };
    if last_inbound_at > stays.last_inbound_at {
        // The window is a later one: that the earlier one closed says nothing of it.
        next.expired_at = None;
        next.due_at = stays.due_at.or(Some(window_closes(last_inbound_at).max(now)));
    }
    (next != *stays).then_some(next)
}

/// The room, once the channel knows its customer by another identity. `None` if it does already.
pub fn renamed(room: &Room, identity: &str) -> Option<Room> {
    (room.contact_identity != identity)
        .then(|| Room { contact_identity: identity.to_owned(), ..room.clone() })
}

/// The room, once it says of its contact what the contact's own row says. `None` if it does
/// already.
pub fn aligned(room: &Room, contact: &Contact) -> Option<Room> {
    let next = Room {
        contact_id: contact.id,
        name: contact.shown_name().to_owned(),
        is_contact_blocked: contact.is_blocked(),
        ..room.clone()
    };
    (next != *room).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{ReplyRefused, Wording, reply, tests::*},
        *,
    };

    #[test]
    fn the_room_that_stays_takes_over_the_window_and_the_other_says_where() {
        let stays = room();
        let goes = Room { id: Id::derived(&["b"]), last_inbound_at: at(500), ..room() };
        let contact = stays.contact_id;
        let after = merged_into(&stays, &goes, at(600)).unwrap();
        assert_eq!(after.last_inbound_at, at(500));
        assert_eq!(merged_into(&after, &goes, at(600)), None);
        // A window that was marked as closed is open again, and is looked at when it closes.
        let marked = Room { expired_at: Some(at(400)), due_at: None, ..room() };
        let again = merged_into(&marked, &goes, at(600)).unwrap();
        assert_eq!((again.expired_at, again.due_at), (None, Some(again.window_closes_at())));
        // One that has closed by now was due to nobody before.
        let days_later = merged_into(&marked, &goes, at(500_000)).unwrap();
        assert_eq!(days_later.due_at, Some(at(500_000)));
        let gone = merged(&goes, contact, stays.id).unwrap();
        assert_eq!((gone.merged_into, gone.status), (Some(stays.id), goes.status));
        assert_eq!(merged(&gone, contact, stays.id), None);
        let refused = ReplyRefused::RoomMerged { into: stays.id };
        assert_eq!(reply(&gone, Wording::Free, at(501)), Err(refused));
        assert_eq!(reply(&after, Wording::Free, at(501)), Ok(()));
    }

    #[test]
    fn a_room_learns_another_identity_once() {
        let known = renamed(&room(), "629").unwrap();
        assert_eq!(known.contact_identity, "629");
        assert_eq!(renamed(&known, "629"), None);
    }
}
