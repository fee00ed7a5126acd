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
//! | - to whom it went   | same                                 | `to#{contact}`           |
//! | template            | `o#{org}#templates`                  | `{integration}#{name}#{language}` |
//! | auto-resolve        | `o#{org}`                            | `settings#auto_resolve`  |
//! | retention           | same                                 | `settings#retention`     |
//! | job                 | same                                 | `job#{id}`               |
//! | - which one runs    | same                                 | `running#{scope}`        |
//! | identity            | `o#{org}#who#{integration}#{who}`    | `identity`               |
//! | phone app's message | `o#{org}#phone#{hash}`               | `phone`                  |
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

mod address;
mod contacts;
mod due;
mod live;
mod people;
mod rooms;
#[cfg(test)]
mod tests;

use domain::{
    Id, Time,
    channel::Channel,
    contact::Contact,
    integration::{Integration, IntegrationEvent, Organization},
    job::{Job, Scope},
    upload::Upload,
};

pub(crate) use self::people::*;
pub use self::{address::*, contacts::*, due::*, live::*, rooms::*};

/// A row's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// The most bytes of a sort key: DynamoDB refuses to look for a longer one.
const LONGEST_SORT_KEY: usize = 1024;

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

pub(crate) fn profile(org: Id<Organization>) -> Key {
    Key::new(organization(org), "organization")
}

/// What the integrations of an organization share.
pub(crate) const INTEGRATIONS: &str = "integration#";

pub(crate) fn integration(org: Id<Organization>, id: Id<Integration>) -> Key {
    Key::new(organization(org), format!("{INTEGRATIONS}{id}"))
}

pub(crate) fn organization(org: Id<Organization>) -> String {
    format!("o#{org}")
}

/// The sort key of an upload's own row.
const FILE: &str = "file";

pub(crate) fn file(org: Id<Organization>, id: Id<Upload>) -> Key {
    Key::new(format!("o#{org}#file#{id}"), FILE)
}

/// What the rows share that say to whom a file was sent.
pub(crate) const SENT_TO: &str = "to#";

pub(crate) fn file_sent(org: Id<Organization>, id: Id<Upload>, to: Id<Contact>) -> Key {
    Key::new(file(org, id).pk, format!("{SENT_TO}{to}"))
}

/// Whether this is a row of an uploaded file, and not of anything else.
pub(crate) fn is_of_file(pk: &str, sk: &str) -> bool {
    let mut parts = pk.split('#').skip(2);
    parts.next() == Some("file") && (sk == FILE || sk.starts_with(SENT_TO))
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

pub(crate) fn retention(org: Id<Organization>) -> Key {
    Key::new(organization(org), "settings#retention")
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
