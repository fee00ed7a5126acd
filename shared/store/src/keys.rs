//! The key schema, whole.
//!
//! | what                | pk                                   | sk                       |
//! |---------------------|--------------------------------------|--------------------------|
//! | provider app        | `app#{key}`                          | `app`                    |
//! | account claim       | `account#{channel}#{account}`        | `account`                |
//! | API key             | `key#{sha256}`                       | `key`                    |
//! | a person's sign-in  | `identity#{sub}`                     | `identity`               |
//! | a living sign-in    | `signin#{id}`                        | `signin`                 |
//! | attempts to sign in | `attempts#{sha256}`                  | `{window}`               |
//! | ticket for a socket | `ticket#{sha256}`                    | `ticket`                 |
//! | owner of a socket   | `socket#{connection}`                | `owner`                  |
//! | organization        | `o#{org}`                            | `organization`           |
//! | member              | same                                 | `member#{id}`            |
//! | who the admins are  | same                                 | `roster`                 |
//! | API key, listed     | same                                 | `key#{id}`               |
//! | - its minutes       | `o#{org}#requests#{id}`              | `{minute}`               |
//! | integration         | `o#{org}`                            | `integration#{id}`       |
//! | uploaded file       | `o#{org}#file#{id}`                  | `file`                   |
//! | template            | `o#{org}#templates`                  | `{integration}#{name}#{language}` |
//! | auto-resolve        | `o#{org}`                            | `settings#auto_resolve`  |
//! | job                 | same                                 | `job#{id}`               |
//! | - which one runs    | same                                 | `running#{scope}`        |
//! | identity            | `o#{org}#who#{integration}#{who}`    | `identity`               |
//! | phone app's message | `o#{org}#phone#{integration}#{pid}`  | `phone`                  |
//! | sockets             | `o#{org}#sockets`                    | `socket#{member}#{connection}` |
//! | journal             | `o#{org}#journal`                    | `{millis}#{run}`         |
//! | contact             | `o#{org}#contact#{id}`               | `contact`                |
//! | - as it is found    | `o#{org}#contacts`                   | `a#{name}#{id}`, `w#{words}#{id}`, `p#{number}#{id}` |
//! | - its latest export | `o#{org}#contact#{id}`               | `export`                 |
//! | contacts' fields    | `o#{org}`                            | `settings#contact_fields`|
//! | integration event   | `o#{org}#events#{integration}`       | `e#{millis}#{id}`        |
//! | - its first receipt | same                                 | `receipt#{id}`           |
//! | room                | `o#{org}#room#{id}`                  | `room`                   |
//! | - its messages      | same                                 | `m#{millis}#{id}`        |
//! | - said about them   | same                                 | `a#{target}`             |
//! | - its episodes      | same                                 | `episode#{millis}#{id}`  |
//! | - its live session  | same                                 | `session`                |
//! | - its sessions      | same                                 | `s#{millis}#{id}`        |
//! | - idempotency       | same                                 | `idem#{sha256}`          |
//! | - its notes         | same                                 | `note#{millis}#{id}`     |
//! | assignment rules    | `o#{org}`                            | `settings#assignment`    |
//! | tag                 | `o#{org}#tags`                       | `tag#{name}`             |
//! | - a room that has it| `o#{org}#tag#{name}`                 | `{step}#{room}`          |
//! | a member's room     | `o#{org}#own#{member}`               | `open#{step}#{room}`     |
//! | - that is resolved  | same                                 | `done#{step}#{room}`     |
//!
//! The last three follow the room's own row, in the same transaction (`following.rs`). None of
//! them moves with a message: a step is when the room was tagged or resolved, and an open room's
//! is always 0. The rows by which a contact is found follow the contact's (`contacts.rs`): its
//! whole name, its name from a later word on, its numbers.
//!
//! Index `inbox` (KEYS_ONLY): `ipk = o#{org}#inbox#{status}`, `isk = {step}#{room}`, where a step
//! is five minutes of activity, so that a busy room moves at most once in five minutes.
//!
//! Index `due` (KEYS_ONLY): `dpk = due#{shard}`, `dsk = {millis}`: rows that the sweep has to look
//! at, and when. Sparse: a row that waits for nothing is not in it. Sixteen shards by the last
//! digit of the row's id, so that as many rooms fall due in one second as sixteen partitions
//! take. Its partition `auto_resolve` names the organizations that have auto-resolve on, `dsk =
//! {org}`. This index is the one place where organizations lie side by side: only `sweep` may
//! read it, and it learns keys, no contents.
//!
//! The first eight are what a request without an organization is looked up by; all else begins
//! with the organization. Ids are UUIDs and hashes, and free text is always the last part of a
//! key, or stands before an id only, so that no two rows can spell the same key.

use domain::{
    Id, Time,
    api_key::ApiKey,
    channel::Channel,
    contact::{Contact, Term},
    integration::{Integration, IntegrationEvent, Member, Organization},
    job::{Job, Scope},
    message::{Annotations, Message, Position},
    note::Note,
    room::{Episode, Room, Status, TagName},
    session::Session,
    upload::Upload,
};
use serde::{Deserialize, Serialize};

/// Five minutes, in milliseconds.
const STEP: i64 = 5 * 60 * 1000;

/// A row's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

pub(crate) fn app(key: &str) -> Key {
    Key::new(format!("app#{key}"), "app")
}

pub(crate) fn account(channel: Channel, account: &str) -> Key {
    Key::new(format!("account#{channel}#{account}"), "account")
}

pub(crate) fn api_key(sha256: &str) -> Key {
    Key::new(format!("key#{sha256}"), "key")
}

pub(crate) fn sign_in_identity(sub: &str) -> Key {
    Key::new(format!("identity#{sub}"), "identity")
}

pub(crate) fn sign_in(id: Id<domain::sign_in::Session>) -> Key {
    Key::new(format!("signin#{id}"), "signin")
}

/// `who` is a hash of an address.
pub(crate) fn attempts(who: &str, window: i64) -> Key {
    Key::new(format!("attempts#{who}"), window.to_string())
}

pub(crate) fn profile(org: Id<Organization>) -> Key {
    Key::new(organization(org), "organization")
}

/// What the members of an organization share.
pub(crate) const MEMBERS: &str = "member#";

pub(crate) fn member(org: Id<Organization>, id: Id<Member>) -> Key {
    Key::new(organization(org), format!("{MEMBERS}{id}"))
}

pub(crate) fn roster(org: Id<Organization>) -> Key {
    Key::new(organization(org), "roster")
}

/// What the listed keys of an organization share.
pub(crate) const LISTED_KEYS: &str = "key#";

pub(crate) fn listed_key(org: Id<Organization>, id: Id<ApiKey>) -> Key {
    Key::new(organization(org), format!("{LISTED_KEYS}{id}"))
}

pub(crate) fn requests(org: Id<Organization>, key: Id<ApiKey>, minute: i64) -> Key {
    Key::new(format!("o#{org}#requests#{key}"), minute.to_string())
}

pub(crate) fn ticket(sha256: &str) -> Key {
    Key::new(format!("ticket#{sha256}"), "ticket")
}

pub(crate) fn socket_owner(connection: &str) -> Key {
    Key::new(format!("socket#{connection}"), "owner")
}

/// The sockets of an organization's members.
pub(crate) fn sockets(org: Id<Organization>) -> String {
    format!("o#{org}#sockets")
}

/// What all sockets of an organization share.
pub(crate) const SOCKETS: &str = "socket#";

/// What the sockets of a member share.
pub(crate) fn sockets_of(member: Id<Member>) -> String {
    format!("{SOCKETS}{member}#")
}

pub(crate) fn socket(org: Id<Organization>, member: Id<Member>, connection: &str) -> Key {
    Key::new(sockets(org), format!("{}{connection}", sockets_of(member)))
}

/// What has happened in an organization, for clients that were away.
pub(crate) fn journal(org: Id<Organization>) -> String {
    format!("o#{org}#journal")
}

/// Where an item of the journal lies: the clock of the run that wrote it, then that run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JournalPlace {
    /// When the run wrote it, by its own clock.
    pub at: Time,
    /// Which run and item: hexadecimal, or empty for the place before all of that moment.
    pub run: String,
}

impl JournalPlace {
    /// The place before everything that is written at this moment.
    pub fn before(at: Time) -> Self {
        Self { at, run: String::new() }
    }

    pub(crate) fn sk(&self) -> String {
        format!("{:013}#{}", self.at.millis(), self.run)
    }

    pub(crate) fn parse(sk: &str) -> Option<Self> {
        let (millis, run) = sk.split_once('#')?;
        Some(Self { at: Time::from_millis(millis.parse().ok()?), run: run.to_owned() })
    }
}

/// What the integrations of an organization share.
pub(crate) const INTEGRATIONS: &str = "integration#";

pub(crate) fn integration(org: Id<Organization>, id: Id<Integration>) -> Key {
    Key::new(organization(org), format!("{INTEGRATIONS}{id}"))
}

pub(crate) fn organization(org: Id<Organization>) -> String {
    format!("o#{org}")
}

pub(crate) fn file(org: Id<Organization>, id: Id<Upload>) -> Key {
    Key::new(format!("o#{org}#file#{id}"), "file")
}

pub(crate) fn templates(org: Id<Organization>) -> String {
    format!("o#{org}#templates")
}

/// Names and languages are letters, digits and `_`: see [`domain::template::is_name`].
pub(crate) fn template(
    org: Id<Organization>,
    of: Id<Integration>,
    name: &str,
    language: &str,
) -> Key {
    Key::new(templates(org), format!("{of}#{name}#{language}"))
}

pub(crate) fn auto_resolve(org: Id<Organization>) -> Key {
    Key::new(organization(org), "settings#auto_resolve")
}

/// What the jobs of an organization share.
const JOBS: &str = "job#";

pub(crate) fn job(org: Id<Organization>, id: Id<Job>) -> Key {
    Key::new(organization(org), format!("{JOBS}{id}"))
}

/// Of jobs with one scope, one runs at a time. Channels have names of our own, without `#`.
pub(crate) fn running(org: Id<Organization>, scope: &Scope) -> Key {
    let channels: Vec<_> = scope.channels.iter().map(|channel| channel.name()).collect();
    let sk = format!("running#{}#{}", channels.join(","), scope.include_unassigned);
    Key::new(organization(org), sk)
}

pub(crate) fn identity(org: Id<Organization>, at: Id<Integration>, who: &str) -> Key {
    Key::new(format!("o#{org}#who#{at}#{who}"), "identity")
}

pub(crate) fn contact(org: Id<Organization>, id: Id<Contact>) -> Key {
    Key::new(format!("o#{org}#contact#{id}"), "contact")
}

pub(crate) fn export(org: Id<Organization>, of: Id<Contact>) -> Key {
    Key::new(format!("o#{org}#contact#{of}"), "export")
}

/// The partition of the rows by which contacts are found.
pub(crate) fn contacts(org: Id<Organization>) -> String {
    format!("o#{org}#contacts")
}

/// What the keys of contacts share that this finds.
pub(crate) fn contacts_beginning(term: &Term) -> String {
    match term {
        Term::Name(text) => format!("a#{text}"),
        Term::Word(text) => format!("w#{text}"),
        Term::Number(text) => format!("p#{text}"),
    }
}

pub(crate) fn found_contact(org: Id<Organization>, term: &Term, id: Id<Contact>) -> Key {
    Key::new(contacts(org), format!("{}#{id}", contacts_beginning(term)))
}

/// Reads back which contact is found, and by what.
pub(crate) fn found(sk: &str) -> Option<(Term, Id<Contact>)> {
    let (kind, rest) = sk.split_once('#')?;
    let (text, id) = rest.rsplit_once('#')?;
    let text = text.to_owned();
    let term = match kind {
        "a" => Term::Name(text),
        "w" => Term::Word(text),
        "p" => Term::Number(text),
        _ => return None,
    };
    Some((term, id.parse().ok()?))
}

/// A client's place in what a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPlace {
    /// Which of the beginnings that are searched for.
    pub beginning: usize,
    /// The last contact that was looked at there, if one was.
    pub last: Option<(Term, Id<Contact>)>,
}

impl std::fmt::Display for ContactPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.beginning)?;
        match &self.last {
            None => Ok(()),
            Some((term, id)) => write!(f, "#{}#{id}", contacts_beginning(term)),
        }
    }
}

impl ContactPlace {
    /// Reads a place among what these beginnings find; `None` if it is none.
    pub fn parse(text: &str, beginnings: &[Term]) -> Option<Self> {
        let (at, last) = match text.split_once('#') {
            None => (text, None),
            Some((at, sk)) => (at, Some(found(sk)?)),
        };
        let place = Self { beginning: at.parse().ok()?, last };
        let beginning = beginnings.get(place.beginning)?;
        let is_among = place.last.as_ref().is_none_or(|(term, _)| term.begins_with(beginning));
        (is_among && place.to_string() == text).then_some(place)
    }
}

pub(crate) fn contact_fields(org: Id<Organization>) -> Key {
    Key::new(organization(org), "settings#contact_fields")
}

/// Events of one integration; those of no integration lie under the provider app's key.
pub(crate) fn events(org: Id<Organization>, of: &str) -> String {
    format!("o#{org}#events#{of}")
}

/// What the events of a partition share.
pub(crate) const EVENTS: &str = "e#";

pub(crate) fn event(org: Id<Organization>, of: &str, at: Time, id: Id<IntegrationEvent>) -> Key {
    Key::new(events(org, of), format!("{EVENTS}{:013}#{id}", at.millis()))
}

/// Where an event lies among those of its integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    /// The provider's time, or our first receipt.
    pub at: Time,
    /// Which event.
    pub id: Id<IntegrationEvent>,
}

/// Reads back where an event lies.
pub(crate) fn event_place(sk: &str) -> Option<EventPlace> {
    let (millis, id) = sk.strip_prefix(EVENTS)?.split_once('#')?;
    Some(EventPlace { at: Time::from_millis(millis.parse().ok()?), id: id.parse().ok()? })
}

pub(crate) fn event_receipt(org: Id<Organization>, of: &str, id: Id<IntegrationEvent>) -> Key {
    Key::new(events(org, of), format!("receipt#{id}"))
}

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

/// Where a message lies that the phone's app sent: reports on it carry no reference of ours.
pub(crate) fn from_phone(org: Id<Organization>, at: Id<Integration>, provider_id: &str) -> Key {
    Key::new(format!("o#{org}#phone#{at}#{provider_id}"), "phone")
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

/// The address of something that clients are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The room that it is in.
    pub room: Id<Room>,
    /// What of it.
    pub what: What,
}

/// What in a room's partition clients are shown. The room itself sorts before all that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum What {
    /// The room itself.
    Room,
    /// A message.
    Message(Position),
    /// What was said about a message.
    Annotations(Id<Annotations>),
    /// A note.
    Note(Time, Id<Note>),
}

impl Address {
    pub(crate) fn key(self, org: Id<Organization>) -> Key {
        Key::new(room_partition(org, self.room), self.what.sk())
    }

    /// Reads back whose row this is, and which; `None` of what clients are not shown.
    pub(crate) fn parse(pk: &str, sk: &str) -> Option<(Id<Organization>, Self)> {
        let (org, id) = pk.strip_prefix("o#")?.split_once("#room#")?;
        let address = Self { room: id.parse().ok()?, what: What::parse(sk)? };
        Some((org.parse().ok()?, address))
    }
}

impl What {
    fn sk(self) -> String {
        match self {
            Self::Room => ROOM.to_owned(),
            Self::Message(Position { at, id }) => format!("{MESSAGES}{:013}#{id}", at.millis()),
            Self::Annotations(target) => format!("{ANNOTATIONS}{target}"),
            Self::Note(at, id) => format!("{NOTES}{:013}#{id}", at.millis()),
        }
    }

    fn parse(sk: &str) -> Option<Self> {
        if sk == ROOM {
            return Some(Self::Room);
        }
        let said = || annotated(sk).map(Self::Annotations);
        let noted = || note_position(sk).map(|(at, id)| Self::Note(at, id));
        position(sk).map(Self::Message).or_else(said).or_else(noted)
    }
}

impl From<What> for String {
    /// The sort key.
    fn from(what: What) -> Self {
        what.sk()
    }
}

/// The text is the sort key of nothing that clients are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is nothing that clients are shown")]
pub struct NotShown;

impl TryFrom<String> for What {
    type Error = NotShown;

    fn try_from(sk: String) -> Result<Self, NotShown> {
        Self::parse(&sk).ok_or(NotShown)
    }
}

/// The shards of the due index.
pub(crate) const SHARDS: &str = "0123456789abcdef";

/// The partition of the due index that names who has auto-resolve on.
pub(crate) const AUTO_RESOLVE: &str = "auto_resolve";

/// A shard's partition of the due index.
pub(crate) fn due_shard(shard: char) -> String {
    format!("due#{shard}")
}

/// The partition of the due index that a row of this id lies in.
pub(crate) fn due<T>(id: Id<T>) -> String {
    // The last digit is a hash's or a random one, whichever way the id was made.
    due_shard(id.to_string().chars().last().unwrap_or('0'))
}

/// A place in time within a partition of the due index.
pub(crate) fn due_at(at: Time) -> String {
    format!("{:013}", at.millis().max(0))
}

/// A row that the sweep has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueRow {
    /// A room, whose window may have closed.
    Room(Id<Organization>, Id<Room>),
    /// A job that waits for a run.
    Job(Id<Organization>, Id<Job>),
}

impl DueRow {
    /// Reads back which row a key names; `None` for one that is never due.
    pub(crate) fn parse(pk: &str, sk: &str) -> Option<Self> {
        let (org, rest) = match pk.strip_prefix("o#")?.split_once('#') {
            Some((org, rest)) => (org, Some(rest)),
            None => (pk.strip_prefix("o#")?, None),
        };
        let org = org.parse().ok()?;
        match rest {
            None => Some(Self::Job(org, sk.strip_prefix(JOBS)?.parse().ok()?)),
            Some(rest) if sk == "room" => {
                Some(Self::Room(org, rest.strip_prefix("room#")?.parse().ok()?))
            }
            Some(_) => None,
        }
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn any_id<T: 'static>() -> impl Strategy<Value = Id<T>> {
        "[a-z]{1,6}".prop_map(|seed| Id::derived(&[&seed]))
    }

    proptest! {
        #[test]
        fn addresses_read_back(room in any_id::<Room>(), id in any_id(), millis in 0..9_999_999_999_999_i64) {
            let key = MessageKey { room, position: Position { at: Time::from_millis(millis), id } };
            prop_assert_eq!(MessageKey::parse(&key.to_string()), Some(key));
            let org = Id::derived(&["org"]);
            prop_assert_eq!(position(&message(org, room, key.position).sk), Some(key.position));
            let place = InboxKey::new(Time::from_millis(millis), room);
            prop_assert_eq!(InboxKey::parse(&place.isk()), Some(place));
            let at = key.position.at;
            for what in [
                What::Room,
                What::Message(key.position),
                What::Annotations(id.cast()),
                What::Note(at, id.cast()),
            ] {
                let address = Address { room, what };
                let row = address.key(org);
                prop_assert_eq!(Address::parse(&row.pk, &row.sk), Some((org, address)));
                prop_assert_eq!(What::try_from(String::from(what)), Ok(what));
            }
            let elsewhere = identity(org, Id::derived(&["at"]), "room");
            prop_assert_eq!(Address::parse(&elsewhere.pk, ROOM), None);
            let place = JournalPlace { at: Time::from_millis(millis), run: "00ff".into() };
            prop_assert!(JournalPlace::before(place.at).sk() < place.sk());
            prop_assert_eq!(JournalPlace::parse(&place.sk()), Some(place));
        }

        #[test]
        fn places_of_contacts_read_back(text in "[a-z0-9é ]{0,9}", begins in 0..9_usize, kind in 0..3_usize) {
            let term = |text: String| match kind {
                0 => Term::Name(text),
                1 => Term::Word(text),
                _ => Term::Number(text),
            };
            let (org, id) = (Id::derived(&["org"]), Id::derived(&["budi"]));
            let own = term(text.clone());
            prop_assert_eq!(found(&found_contact(org, &own, id).sk), Some((own.clone(), id)));
            let beginning = [term(text.chars().take(begins).collect())];
            let place = ContactPlace { beginning: 0, last: Some((own, id)) };
            prop_assert_eq!(ContactPlace::parse(&place.to_string(), &beginning), Some(place));
            prop_assert_eq!(ContactPlace::parse(&format!("1#a#{text}#{id}"), &beginning), None);
            prop_assert_eq!(ContactPlace::parse(&format!("0#a#~{text}#{id}"), &[term("b".into())]), None);
        }

        #[test]
        fn messages_sort_by_time(a in 0..9_999_999_999_999_i64, b in 0..9_999_999_999_999_i64) {
            let org = Id::derived(&["org"]);
            let room = Id::derived(&["room"]);
            let sk = |millis| message(org, room, Position { at: Time::from_millis(millis), id: Id::derived(&["m"]) }).sk;
            prop_assert_eq!(a.cmp(&b), sk(a).cmp(&sk(b)));
        }

        #[test]
        fn free_text_can_not_spell_another_rows_key(one in ".{0,20}", other in ".{0,20}") {
            let org = Id::derived(&["org"]);
            let id = Id::derived(&["id"]);
            let keys = |text: &str| {
                let text = text.to_owned();
                [app(&text), account(Channel::WhatsApp, &text), api_key(&text),
                 identity(org, id, &text), from_phone(org, id, &text),
                 idempotency(org, Id::derived(&["room"]), &text),
                 ticket(&text), socket_owner(&text), socket(org, Id::derived(&["ani"]), &text)]
            };
            let all: BTreeSet<_> = keys(&one).into_iter().chain(keys(&other))
                .map(|key| (key.pk, key.sk)).collect();
            prop_assert_eq!(all.len(), if one == other { 9 } else { 18 });
        }
    }

    #[test]
    fn a_tag_spells_no_other_partition() {
        let org = Id::derived(&["org"]);
        let keys = |name: &str| {
            let name = TagName::new(name).unwrap();
            let tag = tag(org, &name);
            [tagged(org, &name), format!("{} {}", tag.pk, tag.sk)]
        };
        let names = ["s", "#", "s#tag#s", "tag#s", "vip", "vip#"];
        let all: BTreeSet<_> = names.iter().flat_map(|name| keys(name)).collect();
        assert_eq!(all.len(), 2 * names.len());
        assert!(!all.contains(&tags(org)));
    }

    #[test]
    fn places_of_rooms_read_back_from_each_list() {
        let (org, member, room) = (Id::derived(&["o"]), Id::derived(&["m"]), Id::derived(&["r"]));
        let at = Time::from_millis(1_795_000_000_005);
        let place = |sk: &str| InboxKey::parse(sk);
        let done = done_room(org, member, room, at).sk;
        assert_eq!(place(done.strip_prefix(DONE).unwrap()), Some(InboxKey::new(at, room)));
        let open = open_room(org, member, room).sk;
        assert_eq!(place(open.strip_prefix(OPEN).unwrap()), Some(InboxKey { step: 0, room }));
        let name = TagName::new("vip").unwrap();
        assert_eq!(place(&tagged_room(org, &name, room, at).sk), Some(InboxKey::new(at, room)));
    }

    #[test]
    fn a_due_row_reads_back_and_no_other_row_is_one() {
        let (org, room, job) = (Id::derived(&["o"]), Id::derived(&["r"]), Id::derived(&["j"]));
        let parse = |key: Key| DueRow::parse(&key.pk, &key.sk);
        assert_eq!(parse(super::room(org, room)), Some(DueRow::Room(org, room)));
        assert_eq!(parse(super::job(org, job)), Some(DueRow::Job(org, job)));
        for key in [live_session(org, room), auto_resolve(org), api_key("x"), app("y")] {
            assert_eq!(parse(key), None);
        }
        assert_eq!(due(room).len(), "due#0".len());
        assert!(SHARDS.contains(&due(room)[4..]));
    }

    #[test]
    fn garbage_is_no_address() {
        for text in ["", "a:b:c", "::", "x", "o#1"] {
            assert_eq!(MessageKey::parse(text), None);
        }
    }
}
