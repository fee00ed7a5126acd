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
//! | organization        | `o#{org}`                            | `organization`           |
//! | member              | same                                 | `member#{id}`            |
//! | who the admins are  | same                                 | `roster`                 |
//! | API key, listed     | same                                 | `key#{id}`               |
//! | - its minutes       | `o#{org}#requests#{id}`              | `{minute}`               |
//! | integration         | `o#{org}`                            | `integration#{id}`       |
//! | uploaded file       | `o#{org}#file#{id}`                  | `file`                   |
//! | template            | `o#{org}#templates`                  | `{integration}#{name}#{language}` |
//! | identity            | `o#{org}#who#{integration}#{who}`    | `identity`               |
//! | phone app's message | `o#{org}#phone#{integration}#{pid}`  | `phone`                  |
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
//! The first six are what a request without an organization is looked up by; all else begins
//! with the organization. Ids are UUIDs and hashes, and free text is always the last part of a
//! key, or stands before an id only, so that no two rows can spell the same key.

use domain::{
    Id, Time,
    api_key::ApiKey,
    channel::Channel,
    contact::{Contact, Term},
    integration::{Integration, IntegrationEvent, Member, Organization},
    message::{Annotations, Message, Position},
    note::Note,
    room::{Episode, Room, Status, TagName},
    session::Session,
    upload::Upload,
};

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

pub(crate) fn room(org: Id<Organization>, id: Id<Room>) -> Key {
    Key::new(room_partition(org, id), "room")
}

pub(crate) fn room_partition(org: Id<Organization>, id: Id<Room>) -> String {
    format!("o#{org}#room#{id}")
}

/// What the messages of a room share.
pub(crate) const MESSAGES: &str = "m#";

pub(crate) fn message(org: Id<Organization>, room: Id<Room>, position: Position) -> Key {
    let sk = format!("{MESSAGES}{:013}#{}", position.at.millis(), position.id);
    Key::new(room_partition(org, room), sk)
}

/// Reads back where a message lies.
pub(crate) fn position(sk: &str) -> Option<Position> {
    let (millis, id) = sk.strip_prefix(MESSAGES)?.split_once('#')?;
    Some(Position { at: Time::from_millis(millis.parse().ok()?), id: id.parse().ok()? })
}

/// What all that was said about messages of a room shares.
pub(crate) const ANNOTATIONS: &str = "a#";

pub(crate) fn annotations(org: Id<Organization>, room: Id<Room>, target: Id<Annotations>) -> Key {
    Key::new(room_partition(org, room), format!("{ANNOTATIONS}{target}"))
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
    Key::new(room_partition(org, room), format!("{NOTES}{:013}#{id}", at.millis()))
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

    pub(crate) fn isk(self) -> String {
        format!("{:09}#{}", self.step, self.room)
    }

    pub(crate) fn parse(isk: &str) -> Option<Self> {
        let (step, room) = isk.split_once('#')?;
        Some(Self { step: step.parse().ok()?, room: room.parse().ok()? })
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
                 identity(org, id, &text), from_phone(org, id, &text), idempotency(org, Id::derived(&["room"]), &text)]
            };
            let all: BTreeSet<_> = keys(&one).into_iter().chain(keys(&other))
                .map(|key| (key.pk, key.sk)).collect();
            prop_assert_eq!(all.len(), if one == other { 6 } else { 12 });
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
    fn garbage_is_no_address() {
        for text in ["", "a:b:c", "::", "x", "o#1"] {
            assert_eq!(MessageKey::parse(text), None);
        }
    }
}
