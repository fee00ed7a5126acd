//! A message is edited or deleted: the words by which the inbox shows its room follow.
//!
//! What was said about a message may come before the message itself. Then the room remembers that
//! it was overtaken, so that taking it in does not bring back words that its author took back. Of many
//! it remembers the latest, and until when one of the others may have been said: somebody who
//! deletes a whole conversation does not bring back what is still under way.

use jiff::SignedDuration;

use super::Room;
use crate::{
    Id, Time,
    message::{Annotations, Message, Side},
};

/// So many messages are remembered as overtaken.
const REMEMBERED: usize = 20;

/// The provider's clock and ours differ by less than this.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// The room, once this message is shown by the words that its author wants, by what was said about
/// it. `None` if it is so already, or nobody wants others.
pub fn reworded(room: &Room, message: Id<Message>, said: &Annotations, now: Time) -> Option<Room> {
    let mut next = room.clone();
    if room.last_message.is_named(message) {
        let author = if room.last_message.from_customer { Side::Customer } else { Side::Business };
        next.last_message.preview = said.words(author)?;
    } else if ![Side::Customer, Side::Business].iter().any(|side| said.words(*side).is_some()) {
        return None;
    } else if !room.overtaken.contains(&message) {
        // It may be on its way, or an older one that the inbox shows no more: nobody can tell.
        next.overtaken.push(message);
        let surplus = next.overtaken.len().saturating_sub(REMEMBERED);
        if next.overtaken.drain(..surplus).count() > 0 {
            // Who is forgotten was said before it was deleted, and that was heard by now.
            next.forgotten_until = Some(now.plus(CLOCKS));
        }
    }
    (next != *room).then_some(next)
}

/// Whether this message's author may have changed its words before the room took it in.
pub fn is_overtaken(room: &Room, message: &Message) -> bool {
    room.overtaken.contains(&message.named_id())
        || room.forgotten_until.is_some_and(|until| message.said_at() <= until)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, receipt, room},
        *,
    };
    use crate::message::{Annotated, Annotation, Content, Context, Direction, Noted, Revoked};

    /// What a customer said then.
    fn said(id: Id<Message>, second: i64) -> Message {
        Message {
            id,
            room_id: room().id,
            integration_id: room().integration_id,
            at: at(second),
            content: Content::Text { text: "rahasia".into() },
            context: Context::default(),
            provider_id: None,
            trace: None,
            expires_at: None,
            version: 1,
            direction: Direction::Inbound { received: receipt(second + 5000, "later") },
        }
    }

    fn deleted(by: Side) -> Annotations {
        let annotation = Annotation {
            target: "wamid.1".into(),
            by,
            at: at(1),
            provider_id: "wamid.D".into(),
            change: Annotated::Revoke,
        };
        let noted =
            |side| -> Option<Noted<Revoked>> { (side == by).then(|| annotation.noted(Revoked {})) };
        Annotations {
            target: annotation.target.clone(),
            customer_reaction: None,
            business_reaction: None,
            customer_edit: None,
            business_edit: None,
            customer_revoke: noted(Side::Customer),
            business_revoke: noted(Side::Business),
            expires_at: None,
            version: 1,
        }
    }

    #[test]
    fn the_inbox_shows_other_words_for_the_message_that_it_shows() {
        let shown = room();
        let id = shown.last_message.position.id;
        let deleted = deleted(Side::Customer);
        let after = reworded(&shown, id, &deleted, at(100)).unwrap();
        assert_eq!(after.last_message.preview, "[deleted]");
        assert_eq!(reworded(&after, id, &deleted, at(100)), None);
        assert!(!is_overtaken(&after, &said(id, 99)));
    }

    #[test]
    fn nobody_changes_the_words_of_another() {
        let shown = room();
        let deleted = deleted(Side::Business);
        let id = shown.last_message.position.id;
        assert_eq!(reworded(&shown, id, &deleted, at(100)), None);
    }

    #[test]
    fn a_room_remembers_messages_that_were_overtaken_and_that_it_forgot_some() {
        let id = |n: usize| Id::derived(&[&n.to_string()]);
        let (mut room, deleted) = (room(), deleted(Side::Customer));
        for n in 0..REMEMBERED {
            room = reworded(&room, id(n), &deleted, at(100)).unwrap();
            assert_eq!(reworded(&room, id(n), &deleted, at(100)), None);
        }
        assert!(is_overtaken(&room, &said(id(0), 99)));
        assert!(!is_overtaken(&room, &said(id(REMEMBERED), 99)));
        room = reworded(&room, id(REMEMBERED), &deleted, at(100)).unwrap();
        assert_eq!(room.overtaken.len(), REMEMBERED);
        // The oldest is forgotten: each that may be it is looked at from now on.
        assert!(is_overtaken(&room, &said(id(0), 99)));
        assert!(is_overtaken(&room, &said(id(REMEMBERED), 4000)));
        assert!(!is_overtaken(&room, &said(id(REMEMBERED + 1), 4000)));
        assert_eq!(room.last_message, super::super::tests::room().last_message);
    }
}
