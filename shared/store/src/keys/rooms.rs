//! Keys of rooms and of all that lies in them or lists them.

use domain::{
    Id, Time,
    integration::{Integration, Member, Organization},
    message::{Annotations, Message, Position},
    note::Note,
    room::{Episode, Room, Status, TagName},
    session::Session,
};

use super::{Address, Key, What, organization};

/// Five minutes, in milliseconds.
const STEP: i64 = 5 * 60 * 1000;

/// The sort key of a room's own row.
pub(crate) const ROOM: &str = "room";

pub(crate) fn room(org: Id<Organization>, id: Id<Room>) -> Key {
    Address { room: id, what: What::Room }.key(org)
}

pub(crate) fn room_partition(org: Id<Organization>, id: Id<Room>) -> String {
    format!("o#{org}#room#{id}")
}

/// What the messages of a room share.
pub(crate) const MESSAGES: &str = "m#";

pub(crate) fn message(org: Id<Organization>, room: Id<Room>, position: Position) -> Key {
    Address { room, what: What::Message(position) }.key(org)
}

/// Reads back where a message lies.
pub(crate) fn position(sk: &str) -> Option<Position> {
    let (millis, id) = sk.strip_prefix(MESSAGES)?.split_once('#')?;
    Some(Position { at: Time::from_millis(millis.parse().ok()?), id: id.parse().ok()? })
}

/// What all that was said about messages of a room shares.
pub(crate) const ANNOTATIONS: &str = "a#";

pub(crate) fn annotations(org: Id<Organization>, room: Id<Room>, target: Id<Annotations>) -> Key {
    Address { room, what: What::Annotations(target) }.key(org)
}

/// Reads back which message something was said about.
pub(crate) fn annotated(sk: &str) -> Option<Id<Annotations>> {
    sk.strip_prefix(ANNOTATIONS)?.parse().ok()
}

/// Where a message lies that the phone's app sent: reports on it carry no reference of ours. The
/// provider's id is hashed: WhatsApp's contain the customer's number, and such a row may outlive them.
pub(crate) fn from_phone(org: Id<Organization>, at: Id<Integration>, provider_id: &str) -> Key {
    let id = Id::<Message>::derived(&["phone", &at.to_string(), provider_id]);
    Key::new(format!("o#{org}#phone#{id}"), "phone")
}

pub(crate) fn episode(org: Id<Organization>, room: Id<Room>, episode: &Episode) -> Key {
    let sk = format!("episode#{:013}#{}", episode.opened_at.millis(), episode.id);
    Key::new(room_partition(org, room), sk)
}

/// The row that says which session of a room is live.
pub(crate) const SESSION: &str = "session";

/// What the rows of a room begin with that are facts of the books: sessions and episodes.
pub(crate) const FACTS: [&str; 2] = ["s#", "episode#"];

pub(crate) fn live_session(org: Id<Organization>, room: Id<Room>) -> Key {
    Key::new(room_partition(org, room), SESSION)
}

pub(crate) fn session(org: Id<Organization>, room: Id<Room>, session: &Session) -> Key {
    let sk = format!("s#{:013}#{}", session.opened_at.millis(), session.id);
    Key::new(room_partition(org, room), sk)
}

pub(crate) fn idempotency(org: Id<Organization>, room: Id<Room>, sha256: &str) -> Key {
    Key::new(room_partition(org, room), format!("idem#{sha256}"))
}

/// What the notes of a room share.
pub(crate) const NOTES: &str = "note#";

pub(crate) fn note(org: Id<Organization>, room: Id<Room>, at: Time, id: Id<Note>) -> Key {
    Address { room, what: What::Note(at, id) }.key(org)
}

pub(crate) fn assignment_rules(org: Id<Organization>) -> Key {
    Key::new(organization(org), "settings#assignment")
}

/// The partition of an organization's tags.
pub(crate) fn tags(org: Id<Organization>) -> String {
    format!("o#{org}#tags")
}

/// What the tags of an organization share.
pub(crate) const TAGS: &str = "tag#";

pub(crate) fn tag(org: Id<Organization>, name: &TagName) -> Key {
    Key::new(tags(org), format!("{TAGS}{name}"))
}

/// The partition of the rooms that bear a tag.
pub(crate) fn tagged(org: Id<Organization>, name: &TagName) -> String {
    format!("o#{org}#tag#{name}")
}

/// The partition of the rooms that a member has, or had when they were resolved.
pub(crate) fn own(org: Id<Organization>, member: Id<Member>) -> String {
    format!("o#{org}#own#{member}")
}

/// What the open rooms of a member share.
pub(crate) const OPEN: &str = "open#";

/// What the resolved rooms of a member share.
pub(crate) const DONE: &str = "done#";

pub(crate) fn open_room(org: Id<Organization>, member: Id<Member>, room: Id<Room>) -> Key {
    Key::new(own(org, member), format!("{OPEN}{}", InboxKey { step: 0, room }.isk()))
}

pub(crate) fn done_room(
    org: Id<Organization>,
    member: Id<Member>,
    room: Id<Room>,
    resolved_at: Time,
) -> Key {
    Key::new(own(org, member), format!("{DONE}{}", InboxKey::new(resolved_at, room).isk()))
}

pub(crate) fn tagged_room(
    org: Id<Organization>,
    name: &TagName,
    room: Id<Room>,
    tagged_at: Time,
) -> Key {
    Key::new(tagged(org, name), InboxKey::new(tagged_at, room).isk())
}

/// The partition of the inbox index that holds the rooms of one status.
pub(crate) fn inbox(org: Id<Organization>, status: Status) -> String {
    format!("o#{org}#inbox#{}", status.name())
}

/// A room's place in its partition of the inbox index, and a client's place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxKey {
    /// Activity, in steps of five minutes since 1970.
    pub step: i64,
    /// The room.
    pub room: Id<Room>,
}

impl InboxKey {
    /// The place of a room that was last active then.
    pub fn new(activity_at: Time, room: Id<Room>) -> Self {
        Self { step: activity_at.millis().div_euclid(STEP), room }
    }

    /// A place after which, the latest first, all rooms come that were last active by then.
    pub fn above(activity_at: Time) -> Self {
        let first = Id::at(Time::from_millis(0), [0; 10]);
        Self { step: activity_at.millis().div_euclid(STEP) + 1, room: first }
    }

    /// The last place of a step.
    pub(crate) fn end_of_step(activity_at: Time) -> String {
        format!("{:09}#~", activity_at.millis().div_euclid(STEP))
    }

    /// Whether no more rooms enter this place's step, and those that were about to have entered.
    pub fn is_settled(self, now: Time) -> bool {
        self.step < now.millis().div_euclid(STEP) - 1
    }

    pub(crate) fn isk(self) -> String {
        format!("{:09}#{}", self.step, self.room)
    }

    /// Reads a place as it is printed.
    pub fn parse(isk: &str) -> Option<Self> {
        let (step, room) = isk.split_once('#')?;
        Some(Self { step: step.parse().ok()?, room: room.parse().ok()? })
    }
}

/// Reads back which note of a room this is.
pub(crate) fn note_position(sk: &str) -> Option<(Time, Id<Note>)> {
    let (millis, id) = sk.strip_prefix(NOTES)?.split_once('#')?;
    Some((Time::from_millis(millis.parse().ok()?), id.parse().ok()?))
}

/// A message's full address, as jobs and references carry it: `{room}:{millis}:{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageKey {
    /// The room it lies in.
    pub room: Id<Room>,
    /// Where it lies in its room.
    pub position: Position,
}

impl std::fmt::Display for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.room, self.position.at.millis(), self.position.id)
    }
}

impl MessageKey {
    /// The address of this message.
    pub fn of(message: &Message) -> Self {
        Self { room: message.room_id, position: message.position() }
    }

    /// Reads an address; `None` if it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (room, at, id) = (parts.next()?, parts.next()?, parts.next()?);
        let at: i64 = at.parse().ok()?;
        let key = Self {
            room: room.parse().ok()?,
            position: Position { at: Time::from_millis(at), id: id.parse().ok()? },
        };
        (parts.next().is_none() && key.to_string() == text).then_some(key)
    }
}
