//! A message is edited or deleted: the words by which the inbox shows its room follow.
//!
//! What was said about a message may come before the message itself. Then the room remembers that
//! it was overtaken, so that taking it in does not bring back words that its author took back.

use super::Room;
use crate::{Id, message::Message};

/// So many messages are remembered as overtaken.
const REMEMBERED: usize = 20;

/// The room, once this message is shown by other words. `None` if it is so already.
pub fn reworded(room: &Room, message: Id<Message>, words: &str) -> Option<Room> {
    let mut next = room.clone();
    if room.last_message.position.id == message {
        words.clone_into(&mut next.last_message.preview);
    } else if !room.overtaken.contains(&message) {
        // It may be on its way, or an older one that the inbox shows no more: nobody can tell.
        next.overtaken.push(message);
        next.overtaken.drain(..next.overtaken.len().saturating_sub(REMEMBERED));
    }
    (next != *room).then_some(next)
}

/// Whether this message's author may have changed its words before the room took it in.
pub fn is_overtaken(room: &Room, message: Id<Message>) -> bool {
    room.overtaken.contains(&message)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::room, *};

    #[test]
    fn the_inbox_shows_other_words_for_the_message_that_it_shows() {
        let shown = room();
        let id = shown.last_message.position.id;
        let after = reworded(&shown, id, "[deleted]").unwrap();
        assert_eq!(after.last_message.preview, "[deleted]");
        assert_eq!((reworded(&after, id, "[deleted]"), is_overtaken(&after, id)), (None, false));
    }

    #[test]
    fn a_room_remembers_the_latest_messages_that_were_overtaken() {
        let id = |n: usize| Id::derived(&[&n.to_string()]);
        let mut room = room();
        for n in 0..=REMEMBERED {
            room = reworded(&room, id(n), "[deleted]").unwrap();
            assert_eq!(reworded(&room, id(n), "[deleted]"), None);
        }
        assert!(is_overtaken(&room, id(1)) && is_overtaken(&room, id(REMEMBERED)));
        assert!(!is_overtaken(&room, id(0)), "the oldest is forgotten");
        assert_eq!(room.last_message, super::super::tests::room().last_message);
    }
}
