//! Who writes to us: contacts, and the identities by which a channel knows them.
//!
//! A contact is a person; an identity is one name that a channel has for them. WhatsApp has two,
//! a phone number and a business-scoped user id, and tells one or both
//! (`whatsapp/business-scoped-user-ids`). Which of them lead to the same person is decided in
//! [`linking`](self): by what one message, or one notice of the channel, says of them together.

mod blocking;
mod details;
mod erasing;
mod export;
mod field;
mod linking;
mod merging;
mod person;
mod search;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Integration, room::Room};

use blocking::is_said_before;
pub use blocking::{
    Block, BlockReason, BlockedApart, NotAReason, Period, REASON_LIMIT, block, unblock,
};
pub use details::{ContactChange, LINE_LIMIT, Line, NotALine, edit, may_edit};
pub use erasing::{Erasure, LINGER, Left, erase, erased, erased_under, is_facts, left};
pub use export::{EXPORT_LIFE, Export, Part as ExportPart, Place as ExportPlace};
pub use field::{
    FIELDS, Field, FieldChange, FieldKey, FieldKind, FieldRefused, FieldValue, Given, OPTION_LIMIT,
    OPTIONS, VALUE_LIMIT, add_field, change_field, remove_field,
};
pub use linking::{Linking, Move, link, moved};
pub use merging::{MAX_ROOMS, MergeRefused, Merged, aligned, merge};
pub use person::Person;
pub use search::{NotASearch, QUERY_LIMIT, Term, first_match, search, terms};

/// How many rooms that were merged away an identity remembers.
const MAX_FORMER: usize = 8;

/// How long after a merging a message may still have been stored in the room that went. Its
/// provider's time says when it was said; their clock and ours differ by less than this.
pub const MERGING: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// A person, as one organization knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which contact.
    pub id: Id<Contact>,
    /// The name that their channel profile gave first; what they are known by while there is none.
    pub name: String,
    /// The name that members gave them instead. No profile ever takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Their e-mail address, as members know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they work, as members know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What else members know of them, by the fields that the organization has made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldKey, FieldValue>,
    /// Who blocked them last, and for how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<Block>,
    /// Identities that were blocked at other times than `block` says: they were another contact's
    /// then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_apart: Vec<BlockedApart>,
    /// What the channel knows them by: on WhatsApp a phone number in E.164 digits without `+`, or
    /// the business-scoped user id of one who hides it.
    pub identity: String,
    /// The business-scoped user id, if the channel told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The user id that several portfolios of one business share, if the channel told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<String>,
    /// The name by which people find them, if they took one: it may change hands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// All that the channels know them by, or knew them by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_as: Vec<KnownAs>,
    /// The rooms in which they talk with us. One that nobody has written in is not there yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<Id<Room>>,
    /// When they first wrote, by the provider's clock.
    pub created_at: Time,
    /// The contact that this one turned out to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id<Contact>>,
    /// The contacts that turned out to be this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<Id<Contact>>,
    /// That they were erased: then nothing else is known of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erasure>,
}

/// One identity of a contact: where its row lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAs {
    /// At which channel account.
    pub integration_id: Id<Integration>,
    /// A number or a user id.
    pub who: String,
}

impl Contact {
    /// The contact of a person who was not known before; `None` if nothing says who it is.
    pub fn of(
        person: &Person,
        identity: &Identity,
        integration: Id<Integration>,
        now: Time,
    ) -> Option<Self> {
        let contact = Self {
            name: person.display()?.to_owned(),
            identity: person.primary()?.to_owned(),
            rooms: vec![identity.room_id],
            ..Self::nobody(identity.contact_id, now)
        };
        Some(contact.told(person, integration))
    }

    /// A contact of whom nothing is known.
    fn nobody(id: Id<Self>, created_at: Time) -> Self {
        Self {
            id,
            name: String::new(),
            given_name: None,
            email: None,
            company: None,
            fields: BTreeMap::new(),
            block: None,
            blocked_apart: Vec::new(),
            identity: String::new(),
            user_id: None,
            parent_user_id: None,
            username: None,
            known_as: Vec::new(),
            rooms: Vec::new(),
            created_at,
            merged_into: None,
            absorbed: Vec::new(),
            erased: None,
        }
    }

    /// The contact, with what this says of them.
    #[must_use]
    pub fn told(&self, person: &Person, integration_id: Id<Integration>) -> Self {
        let mut next = self.clone();
        if let Some(name) = person.name.as_ref().filter(|_| self.is_nameless()) {
            next.name.clone_from(name);
        }
        if let Some(number) = &person.number {
            next.identity.clone_from(number);
        }
        let told = |known: &mut Option<String>, said: &Option<String>| {
            if said.is_some() {
                known.clone_from(said);
            }
        };
        told(&mut next.user_id, &person.user_id);
        told(&mut next.parent_user_id, &person.parent_user_id);
        told(&mut next.username, &person.username);
        let named = [&person.number, &person.user_id].into_iter().flatten();
        let named = named.map(|who| KnownAs { integration_id, who: who.clone() });
        let named: Vec<_> = named.collect();
        // What becomes known beside another identity was blocked when that one was.
        let apart = self.blocked_apart.iter().find(|apart| named.contains(&apart.known_as));
        for known in named {
            if next.known_as.contains(&known) {
                continue;
            }
            if let Some(apart) = apart {
                next.blocked_apart.push(BlockedApart { known_as: known.clone(), ..apart.clone() });
            }
            next.known_as.push(known);
        }
        next
    }

    /// Whether no profile has told their name: what they are known by stands for it.
    pub fn is_nameless(&self) -> bool {
        let is_name = |who: &str| who == self.name;
        self.known_as.iter().any(|known| is_name(&known.who))
            || self.username.as_deref().is_some_and(is_name)
    }

    /// When what comes from one of their identities is refused.
    pub fn blocked(&self, at: &KnownAs) -> Option<Period> {
        match self.blocked_apart.iter().find(|apart| apart.known_as == *at) {
            Some(apart) => apart.period,
            None => self.block.as_ref().map(|block| block.period),
        }
    }

    /// Those that turned out to be them, and the contact itself.
    pub fn ids(&self) -> impl Iterator<Item = Id<Self>> + '_ {
        self.absorbed.iter().copied().chain([self.id])
    }

    /// The name that members see.
    pub fn shown_name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether what they write is refused.
    pub fn is_blocked(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.period.until.is_none())
    }

    /// Their phone number, if they have told one.
    pub fn phone_number(&self) -> Option<&str> {
        is_number(&self.identity).then_some(self.identity.as_str())
    }
}

/// Whether an identity is a phone number: user ids have letters in them.
fn is_number(identity: &str) -> bool {
    !identity.is_empty() && identity.bytes().all(|byte| byte.is_ascii_digit())
}

/// What an identity leads to. The row of an identity is the guard of its uniqueness: whoever
/// writes it first decides, and merging two contacts rewrites what it leads to.
///
/// It also says what else the person is known by, so that a message that says nothing new of them
/// costs one read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The person.
    pub contact_id: Id<Contact>,
    /// The room in which they talk with this integration.
    pub room_id: Id<Room>,
    /// The phone number that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The user id that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The username that was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// When they first wrote, by the provider's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When this identity was given up, by the provider's clock: what comes from it later is
    /// somebody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Time>,
    /// Until when it was somebody's who was erased since: what was said by or to them is nobody's. That
    /// is the identity's own, whosever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_before: Option<Time>,
    /// When the contact was blocked last, and until when: so that a message that is to be refused
    /// costs the one read that every message costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Period>,
    /// Rooms of this person that were merged into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Former>,
}

/// A room that was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Which room.
    pub room_id: Id<Room>,
    /// What was said before then may have been stored there.
    pub until: Time,
}

impl Identity {
    /// The contact and room of an identity that has never written before: always the same ones,
    /// so that two racing first messages make one room.
    pub fn first(integration: Id<Integration>, identity: &str) -> Self {
        let integration = integration.to_string();
        Self {
            contact_id: Id::derived(&["contact", &integration, identity]),
            room_id: Id::derived(&["room", &integration, identity]),
            number: None,
            user_id: None,
            username: None,
            since: None,
            left_at: None,
            erased_before: None,
            blocked: None,
            former: Vec::new(),
        }
    }

    /// The contact and room of whoever has an identity that its former holder left then.
    pub fn next(integration: Id<Integration>, identity: &str, left_at: Time) -> Self {
        // An identity of the channel's has no line break.
        Self::first(integration, &format!("{identity}\n{}", left_at.millis()))
    }

    /// The same where nobody knows when: only that this contact had it, and has it no more.
    pub fn after(integration: Id<Integration>, identity: &str, former: Id<Contact>) -> Self {
        Self::first(integration, &format!("{identity}\n{former}"))
    }

    /// Whether it was given up before then.
    pub fn is_left(&self, at: Time) -> bool {
        self.left_at.is_some_and(|left_at| left_at < at)
    }

    /// Whether what they said then is refused: whatever comes while they are blocked, and what was
    /// said meanwhile and comes again afterwards; and what a former holder said who was erased.
    pub fn is_blocked(&self, said_at: Time) -> bool {
        self.is_of_erased(said_at) || self.blocked.is_some_and(|period| period.covers(said_at))
    }

    /// Whether what was said then was said by or to a former holder who was erased.
    pub fn is_of_erased(&self, said_at: Time) -> bool {
        self.erased_before.is_some_and(|erased_at| is_said_before(said_at, erased_at))
    }

    /// Whether what a person said then tells nothing new of them. What they said under an
    /// identity that they have left since is old news, and what they call themselves while they are
    /// blocked is not heard.
    pub fn knows(&self, person: &Person, at: Time) -> bool {
        let same = |known: &Option<String>, said: &Option<String>| said.is_none() || known == said;
        match self.left_at {
            Some(_) => !self.is_left(at),
            None => {
                same(&self.number, &person.number)
                    && same(&self.user_id, &person.user_id)
                    && (self.is_blocked(at) || same(&self.username, &person.username))
            }
        }
    }

    /// The same, with what this says.
    #[must_use]
    pub fn told(&self, person: &Person) -> Self {
        let mut next = self.clone();
        next.number = person.number.clone().or(next.number);
        next.user_id = person.user_id.clone().or(next.user_id);
        next.username = person.username.clone().or(next.username);
        next.left_at = None;
        next
    }

    /// The same, as it is known under an identity that they left then.
    #[must_use]
    pub fn left(&self, at: Time) -> Self {
        Self { left_at: Some(at), ..self.clone() }
    }

    /// The rooms in which what was said then may have been stored before they were merged.
    pub fn former_at(&self, said_at: Time) -> impl Iterator<Item = Id<Room>> + '_ {
        self.former.iter().filter(move |room| said_at < room.until).map(|room| room.room_id)
    }

    /// The same, with the rooms of one that is merged into it now.
    fn taking(&self, gone: &Self, now: Time) -> Self {
        let mut next = self.clone();
        next.blocked = Period::merged(self.blocked, gone.blocked, now);
        let until = now.plus(MERGING);
        let gone_room = Former { room_id: gone.room_id, until };
        for room in gone.former.iter().cloned().chain([gone_room]) {
            let is_known = next.former.iter().any(|known| known.room_id == room.room_id);
            if !is_known && room.room_id != next.room_id {
                next.former.push(room);
            }
        }
        let surplus = next.former.len().saturating_sub(MAX_FORMER);
        next.former.drain(..surplus);
        next
    }
}
