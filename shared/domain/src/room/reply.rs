//! A member answers.

use super::{LastMessage, Room, Status, Window};
use crate::{Id, Time, message::Message};

/// What kind of words are to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// Words, files, buttons, reactions: whatever a member makes up.
    Free,
    /// A template that the provider has approved.
    Template,
}

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
    /// Nothing goes to the contact, nor comes from them.
    #[error("The contact is blocked. Unblock them to write to them.")]
    ContactBlocked,
    /// The customer is answered in another room now.
    #[error(
        "The customer turned out to be one whom we know. Answer in room {into}, where they write \
         from now on."
    )]
    RoomMerged {
        /// Which.
        into: Id<Room>,
    },
}

/// Whether this may be sent now. An approved template always may: it is what one begins again with
/// outside the window. Into a resolved room nothing else may be sent, and the template leaves it
/// resolved: the customer's answer reopens it.
pub fn reply(room: &Room, wording: Wording, now: Time) -> Result<(), ReplyRefused> {
    if let Some(into) = room.merged_into {
        return Err(ReplyRefused::RoomMerged { into });
    }
    if room.is_contact_blocked {
        return Err(ReplyRefused::ContactBlocked);
    }
    match (wording, room.status, room.window(now)) {
        (Wording::Template, _, _) => Ok(()),
        (Wording::Free, Status::Resolved, _) => Err(ReplyRefused::RoomResolved),
        (Wording::Free, Status::Unassigned | Status::Assigned, Window::Expired) => {
            Err(ReplyRefused::WindowClosed { closed_at: room.window_closes_at() })
        }
        (Wording::Free, Status::Unassigned | Status::Assigned, Window::Open | Window::Expiring) => {
            Ok(())
        }
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

/// A provider took this message of ours. A reaction answers nobody: whoever waits for words still
/// waits, and the words remain what the inbox shows. `words` are those by which the inbox shows
/// the message where its author has changed its own.
pub fn replied(room: &Room, message: &Message, words: Option<&str>) -> Replied {
    if !message.content.is_said() {
        return Replied::Nothing;
    }
    let mut next = room.clone();
    next.last_outbound_at = room.last_outbound_at.max(Some(message.at));
    if room.last_message.is_before(message) {
        next.last_message = LastMessage::of(message, words);
        next.overtaken.retain(|id| *id != message.named_id());
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
    use crate::{
        Id,
        integration::Member,
        message::{Content, Context, Direction, Frame, Outbound, Template},
    };

    /// A message of ours that a provider took.
    fn outbound(second: i64, content: Content) -> Message {
        Message {
            id: Id::derived(&["ours"]),
            room_id: room().id,
            integration_id: room().integration_id,
            at: at(second),
            content,
            context: Context::default(),
            provider_id: None,
            trace: None,
            expires_at: None,
            version: 1,
            direction: Direction::Outbound(Box::new(Outbound {
                status: crate::message::Status::Sent,
                ..Outbound::queued(
                    Member { id: Id::derived(&["ani"]), name: "Ani".into() },
                    room().contact_identity,
                )
            })),
        }
    }

    fn contents() -> [Content; 3] {
        let template = Template {
            name: "promo".into(),
            language: "id".into(),
            components: vec![],
            text: "Halo".into(),
            frame: Frame::default(),
        };
        [
            Content::Text { text: "Halo".into() },
            Content::Reaction { target: "wamid.1".into(), emoji: Some("👍".into()) },
            Content::Template(Box::new(template)),
        ]
    }

    #[test]
    fn all_but_templates_need_an_open_window_and_a_live_room() {
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
            let said = |wording| reply(&room, wording, at(second));
            assert_eq!(said(Wording::Free), answer, "{status:?} at {second}");
            assert_eq!(said(Wording::Template), Ok(()), "{status:?} at {second}");
        }
    }

    #[test]
    fn nothing_at_all_goes_to_a_blocked_contact() {
        let room = Room { is_contact_blocked: true, ..room() };
        for wording in [Wording::Free, Wording::Template] {
            assert_eq!(reply(&room, wording, at(200)), Err(ReplyRefused::ContactBlocked));
        }
    }

    #[test]
    fn words_and_templates_answer_and_a_reaction_does_not() {
        let room = Room { status: Status::Resolved, ..room() };
        let [text, reaction, template] = contents();
        for (content, answers) in [(text, true), (reaction, false), (template, true)] {
            let preview = content.preview();
            match replied(&room, &outbound(500, content), None) {
                Replied::Nothing => assert!(!answers),
                Replied::Touched(next) => {
                    assert!(answers && next.status == Status::Resolved);
                    assert_eq!(next.last_message.preview, preview);
                }
            }
        }
    }
}
