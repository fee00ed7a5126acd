//! A room takes in a customer's message.
//!
//! Messages come twice, late and out of order, and the row of the message is stored before the
//! room hears of it, so that a crash in between is healed when the provider delivers again.
//! Two orders matter, and they are not the same. The provider's time orders what people said
//! and opens the reply window. Our own first receipt orders what we took in, and only it
//! decides whether a room reopens: a message that was under way for days is news all the same.

use jiff::SignedDuration;

use super::{Episode, LastMessage, Room, Status};
use crate::{
    Time,
    message::{Message, Receipt},
};

/// The longest that storing one element may take: after it, `webhook` sets the element aside.
/// So a message whose receipt lies further back than this was in the history by now.
pub const STORE_LIMIT: SignedDuration = SignedDuration::from_secs(8);

/// A customer's message that is in the table, on its way to its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// The message as it is stored.
    pub message: &'a Message,
    /// Our first receipt of it.
    pub receipt: &'a Receipt,
    /// Whether this very delivery stored it: then nobody can have seen it before.
    pub is_new: bool,
    /// How many of the room's messages were received after it was last read: asked for only
    /// where [`is_doubtful`].
    pub counted: Option<u32>,
    /// By which words the inbox shows it, where its author has changed its own.
    pub words: Option<&'a str>,
}

impl Arrival<'_> {
    fn is_in_order(&self, room: &Room) -> bool {
        *self.receipt > room.last_received
    }

    /// Even of a new message: the answer to its taking in may have been lost.
    fn is_known(&self, room: &Room) -> bool {
        let id = self.receipt.message_id;
        id == room.last_received.message_id || id == room.last_taken.message_id
    }
}

/// Whether nobody can say if the room has taken this message in: it was stored before, and others
/// were received after it.
pub fn is_doubtful(room: &Room, arrival: &Arrival<'_>) -> bool {
    !arrival.is_new && !arrival.is_in_order(room) && !arrival.is_known(room)
}

/// What becomes of a room.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// The room has it already.
    Nothing,
    /// The room as it is now, in the same episode.
    Touched(Box<Room>),
    /// The room as it is now; the message opened an episode.
    Reopened(Box<Room>),
}

/// Takes a message in.
///
/// A resolved room reopens for a message that nobody can have seen when it was resolved: one
/// that this delivery stored, or one received after the last that the room took in. A repeated
/// message that the room may or may not have taken in reopens it only if its first receipt is
/// so close to the resolution that it could have been stored after it: rather a room too many
/// in the inbox than a message hidden.
pub fn receive(room: &Room, arrival: &Arrival<'_>, now: Time) -> Taken {
    if arrival.is_known(room) {
        return Taken::Nothing;
    }
    let doubtful = is_doubtful(room, arrival);
    let mut next = room.clone();
    next.last_inbound_at = room.last_inbound_at.max(arrival.message.said_at());
    next.last_received = room.last_received.clone().max(arrival.receipt.clone());
    if room.last_message.is_before(arrival.message) {
        next.last_message = LastMessage::of(arrival.message, arrival.words);
        next.overtaken.retain(|id| *id != arrival.message.named_id());
    }
    // A message that is surely news counts. A doubtful one may have been counted, or read: the
    // count can show that it was missed, never that it was not.
    next.unread = if doubtful {
        room.unread.max(arrival.counted.unwrap_or(0))
    } else {
        room.unread.saturating_add(1)
    };
    let could_be_unseen = |resolved_at| arrival.receipt.at.plus(STORE_LIMIT) >= resolved_at;
    // Where nobody looked at the room before it was resolved, nobody saw what it had missed.
    let was_missed = room.resolution.is_some() && next.unread > room.unread;
    let unseen = room.status == Status::Resolved
        && (!doubtful || was_missed || room.resolved_at.is_none_or(could_be_unseen));
    if !unseen && next == *room {
        return Taken::Nothing;
    }
    next.last_taken = Receipt { at: now, message_id: arrival.receipt.message_id };
    next.activity_at = room.activity_at.max(now);
    if unseen || room.status != Status::Resolved {
        next.expired_at = None;
        next.due_at = room.due_at.or(Some(next.window_closes_at().max(now)));
    }
    if !unseen {
        return Taken::Touched(Box::new(next));
    }
    next.status = Status::Unassigned;
    next.assignee = None;
    next.changes_of_hands = 0;
    next.resolved_at = None;
    next.resolved_by = None;
    next.resolution = None;
    next.episode = Episode::opened_by(room.id, arrival.receipt, now);
    next.unread = next.unread.max(1);
    Taken::Reopened(Box::new(next))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, receipt, room},
        *,
    };
    use crate::{
        Id,
        message::{Content, Context, Direction},
    };

    fn message(name: &str, said: i64, received: i64) -> Message {
        Message {
            id: Id::derived(&[name]),
            room_id: room().id,
            integration_id: room().integration_id,
            at: at(said),
            content: Content::Text { text: name.into() },
            context: Context::default(),
            provider_id: Some(name.into()),
            trace: None,
            expires_at: None,
            version: 1,
            direction: Direction::Inbound { received: receipt(received, name) },
        }
    }

    fn take(room: &Room, message: &Message, is_new: bool, counted: u32, now: i64) -> Taken {
        let Direction::Inbound { received } = &message.direction else { panic!("inbound") };
        let counted = Some(counted);
        let arrival = Arrival { message, receipt: received, is_new, counted, words: None };
        receive(room, &arrival, at(now))
    }

    fn resolved(second: i64) -> Room {
        Room { status: Status::Resolved, resolved_at: Some(at(second)), unread: 0, ..room() }
    }

    #[test]
    fn a_message_in_order_touches_the_room() {
        let Taken::Touched(after) = take(&room(), &message("second", 109, 110), true, 2, 110)
        else {
            panic!("it is news");
        };
        // WhatsApp told the second; it was over before we received the message.
        assert_eq!(after.last_inbound_at, Time::from_millis(109_999));
        assert_eq!(after.last_message.preview, "second");
        assert_eq!((after.unread, after.activity_at), (2, at(110)));
        assert_eq!(take(&after, &message("second", 109, 110), false, 2, 500), Taken::Nothing);
    }

    #[test]
    fn a_late_message_is_counted_but_is_not_the_last() {
        let Taken::Touched(after) = take(&room(), &message("late", 50, 120), true, 2, 120) else {
            panic!("it is news");
        };
        assert_eq!(after.last_inbound_at, at(99));
        assert_eq!(after.last_message.preview, "Halo");
        assert_eq!(after.unread, 2);
    }

    #[test]
    fn a_clock_ahead_of_ours_does_not_hold_the_window_open() {
        let Taken::Touched(after) = take(&room(), &message("ahead", 9_999, 120), true, 2, 120)
        else {
            panic!("it is news");
        };
        assert_eq!(after.last_inbound_at, at(120));
    }

    #[test]
    fn a_message_nobody_saw_reopens_a_resolved_room_however_old_it_is() {
        let Taken::Reopened(after) = take(&resolved(200), &message("late", 50, 300), true, 1, 300)
        else {
            panic!("nobody can have seen it");
        };
        assert_eq!((after.status, after.unread), (Status::Unassigned, 1));
        assert_ne!(after.episode, room().episode);
    }

    #[test]
    fn a_stored_message_that_the_room_never_took_in_reopens_it_when_delivered_again() {
        let stored_before_a_crash = message("second", 109, 110);
        assert!(matches!(
            take(&resolved(200), &stored_before_a_crash, false, 1, 300),
            Taken::Reopened(_)
        ));
    }

    #[test]
    fn a_repeated_message_leaves_a_resolved_room_alone() {
        let first = message("first", 99, 100);
        assert_eq!(take(&resolved(101), &first, false, 1, 300), Taken::Nothing);
        let mut later = resolved(200);
        later.last_received = receipt(150, "second");
        assert_eq!(take(&later, &first, false, 1, 300), Taken::Nothing);
    }

    #[test]
    fn a_message_stored_behind_a_later_one_is_news_and_its_repetition_is_not() {
        let mut read = room();
        read.last_received = receipt(150, "second");
        read.last_read = Some(read.last_received.clone());
        read.unread = 0;
        let slow = message("slow", 148, 149);
        let Taken::Touched(after) = take(&read, &slow, true, 0, 155) else {
            panic!("nobody can have seen it");
        };
        assert_eq!((after.unread, after.last_taken.message_id), (1, slow.id));
        assert_eq!(take(&after, &slow, false, 0, 200), Taken::Nothing);

        let resolved = Room { status: Status::Resolved, resolved_at: Some(at(152)), ..read };
        let Taken::Reopened(after) = take(&resolved, &slow, true, 0, 155) else {
            panic!("nobody can have seen it");
        };
        assert_eq!(after.unread, 1);
        assert_eq!(take(&after, &slow, false, 0, 200), Taken::Nothing);
    }

    #[test]
    fn a_doubtful_one_reopens_it() {
        let mut room = resolved(155);
        room.last_received = receipt(150, "second");
        assert!(matches!(
            take(&room, &message("slow", 148, 149), false, 1, 300),
            Taken::Reopened(_)
        ));
    }
}
