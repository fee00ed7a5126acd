//! Erasing all that is known of a contact.
//!
//! What stays are facts of the books: that on a day a message was sent and a session opened, in a
//! room and by a member, under ids that are hashes. Who it was and what was said is gone. Whoever
//! writes from an erased number later is somebody new.
//!
//! A message that waits to be sent goes with them. One that is being sent is left alone until its
//! run has ended: what became of it belongs into the books.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Contact, blocking::is_said_before};
use crate::{
    Id, Time,
    integration::Member,
    message::{Content, Context, Direction, Failure, Found, Message, Outbound, Status, found},
};

/// How long after an erasure began something may still arrive that began before: the longest run
/// of a function that stores words or files of a contact, and some more.
pub const LINGER: SignedDuration = SignedDuration::from_mins(5);

/// That a contact is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// When somebody asked for it: from then on the contact is nobody.
    pub at: Time,
    /// By whom.
    pub by: Member,
    /// When nothing was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Time>,
}

impl Erasure {
    /// Whether what was said then was said by or to them, and is nobody's.
    pub fn covers(&self, said_at: Time) -> bool {
        is_said_before(said_at, self.at)
    }

    /// Whether what is erased now is surely the last of it.
    pub fn is_last_pass(&self, now: Time) -> bool {
        self.at.plus(LINGER) <= now
    }
}

/// A member has a contact erased: `Some` new contact, or `None` if that was asked for before. What
/// leads to the rest stays until the rest is gone.
pub fn erase(contact: &Contact, by: &Member, now: Time) -> Option<Contact> {
    contact.erased.is_none().then(|| Contact {
        erased: Some(Erasure { at: now, by: by.clone(), done_at: None }),
        known_as: contact.known_as.clone(),
        rooms: contact.rooms.clone(),
        absorbed: contact.absorbed.clone(),
        ..Contact::nobody(contact.id, contact.created_at)
    })
}

/// The contact, once nothing is left of it but that it was erased. `None` if it is so already.
pub fn erased(contact: &Contact, now: Time) -> Option<Contact> {
    let erasure = contact.erased.as_ref().filter(|erasure| erasure.done_at.is_none())?;
    Some(Contact {
        erased: Some(Erasure { done_at: Some(now), ..erasure.clone() }),
        ..Contact::nobody(contact.id, contact.created_at)
    })
}

/// What stands where one of a contact's identities would make the next one: what is delivered again
/// from it, and was said before the erasure, must find that they were erased.
pub fn erased_under(contact: &Contact, next: Id<Contact>) -> Option<Contact> {
    let erasure = contact.erased.clone()?;
    let erased = Some(Erasure { done_at: Some(erasure.at), ..erasure });
    Some(Contact { erased, ..Contact::nobody(next, contact.created_at) })
}

/// What is left of a message of an erased contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// All that it says is a fact already.
    Same,
    /// The facts.
    Facts(Box<Message>),
    /// Nobody knows yet: a run may be sending it at this moment.
    Open,
}

/// What is to be left of a message: of what we sent, or may have sent, that we did.
pub fn left(message: &Message, now: Time) -> Left {
    let outbound = match &message.direction {
        Direction::Outbound(outbound) if outbound.origin.is_here() => outbound,
        Direction::Inbound { .. } | Direction::Outbound(_) => return Left::Nothing,
    };
    let course = match outbound.status {
        Status::Queued if outbound.accepted_at.is_none() => return Left::Nothing,
        Status::Sending if is_released(outbound) => return Left::Nothing,
        Status::Queued
        | Status::Sending
        | Status::Unknown
        | Status::Sent
        | Status::Delivered
        | Status::Read
        | Status::Played => match found(outbound, now) {
            Found::Done => (**outbound).clone(),
            Found::Wait => return Left::Open,
            Found::Abandoned(unknown) => *unknown,
        },
    };
    let failure = course.failure.clone().map(|failure| Failure { detail: None, ..failure });
    let facts = Message {
        content: Content::Text { text: String::new() },
        context: Context::default(),
        provider_id: None,
        direction: Direction::Outbound(Box::new(Outbound { to: String::new(), failure, ..course })),
        ..message.clone()
    };
    if facts == *message { Left::Same } else { Left::Facts(Box::new(facts)) }
}

/// Whether only the facts are left of a message: whom it was for is not known any more.
pub fn is_facts(message: &Message) -> bool {
    match &message.direction {
        Direction::Inbound { .. } => false,
        Direction::Outbound(outbound) => outbound.to.is_empty(),
    }
}

/// Whether the provider refused it for now, and it waits for the next try.
fn is_released(message: &Outbound) -> bool {
    message.claimed_at.is_none() && message.accepted_at.is_none() && message.failure.is_none()
}

#[cfg(test)]
mod tests {
    use super::{super::merging::tests::contact, *};
    use crate::message::Receipt;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn ani() -> Member {
        Member { id: Id::derived(&["ani"]), name: "Ani".into() }
    }

    fn message(direction: Direction) -> Message {
        Message {
            id: Id::derived(&["message"]),
            room_id: Id::derived(&["room"]),
            integration_id: Id::derived(&["integration"]),
            at: at(1),
            content: Content::Text { text: "rahasia".into() },
            context: Context { reply_to: Some("wamid.1".into()), ..Context::default() },
            provider_id: Some("wamid.2".into()),
            trace: None,
            expires_at: None,
            version: 1,
            direction,
        }
    }

    #[test]
    fn from_the_first_moment_a_contact_is_nobody_and_in_the_end_leads_nowhere() {
        let begun = erase(&contact("628"), &ani(), at(100)).unwrap();
        assert_eq!((begun.name.as_str(), begun.identity.as_str()), ("", ""));
        assert_eq!((begun.known_as.len(), begun.rooms.len()), (1, 1));
        assert_eq!(super::super::terms(&begun), []);
        assert_eq!(erase(&begun, &ani(), at(110)), None);
        let erasure = begun.erased.clone().unwrap();
        assert!(!erasure.is_last_pass(at(399)) && erasure.is_last_pass(at(400)));
        let done = erased(&begun, at(400)).unwrap();
        assert_eq!((done.known_as.len(), done.rooms.len()), (0, 0));
        assert_eq!(erased(&done, at(500)), None);
        assert_eq!(erased(&contact("628"), at(500)), None);
    }

    #[test]
    fn of_what_was_sent_the_facts_are_left_and_of_all_else_nothing() {
        let received = Receipt { at: at(2), message_id: Id::derived(&["message"]) };
        assert_eq!(left(&message(Direction::Inbound { received }), at(10)), Left::Nothing);
        let queued = Outbound::queued(ani(), "628".into());
        let ours = |outbound| message(Direction::Outbound(Box::new(outbound)));
        assert_eq!(left(&ours(queued.clone()), at(10)), Left::Nothing);
        let phone = Outbound::from_phone_app(Id::derived(&["integration"]), "628".into(), at(1));
        assert_eq!(left(&ours(phone), at(10)), Left::Nothing);
        for status in [Status::Sending, Status::Unknown, Status::Read] {
            let sent = Outbound { status, accepted_at: Some(at(3)), ..queued.clone() };
            let Left::Facts(facts) = left(&ours(sent), at(10)) else { panic!("{status:?}") };
            let Direction::Outbound(outbound) = &facts.direction else { panic!("{status:?}") };
            assert_eq!((outbound.to.as_str(), outbound.accepted_at), ("", Some(at(3))));
            assert_eq!((facts.content.words(), facts.provider_id.as_deref()), ("", None));
            assert!(facts.context.is_empty());
            assert!(is_facts(&facts));
            assert_eq!(left(&facts, at(10)), Left::Same);
        }
    }

    #[test]
    fn what_is_being_sent_is_left_alone_until_it_is_known_how_it_ended() {
        let ours = |outbound| message(Direction::Outbound(Box::new(outbound)));
        let queued = Outbound::queued(ani(), "628".into());
        let released = Outbound { status: Status::Sending, attempts: 1, ..queued };
        assert_eq!(left(&ours(released.clone()), at(10)), Left::Nothing);
        let claimed = Outbound { claimed_at: Some(at(100)), ..released };
        assert_eq!(left(&ours(claimed.clone()), at(130)), Left::Open);
        // Its run has died: nobody will ever know.
        let Left::Facts(facts) = left(&ours(claimed.clone()), at(131)) else { panic!("facts") };
        let Direction::Outbound(outbound) = &facts.direction else { panic!("outbound") };
        assert_eq!(outbound.status, Status::Unknown);
        // What was wrong may name them.
        let failure = Failure::uncoded("Undeliverable", at(110));
        let told = Failure { detail: Some("628 has no WhatsApp".into()), ..failure.clone() };
        let failed = Outbound { failure: Some(told), ..claimed };
        let Left::Facts(facts) = left(&ours(failed), at(120)) else { panic!("facts") };
        let Direction::Outbound(outbound) = &facts.direction else { panic!("outbound") };
        assert_eq!(outbound.failure, Some(failure));
    }
}
