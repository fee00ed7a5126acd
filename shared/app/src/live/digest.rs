//! What a batch of changes comes to: the last state of each room and message in it, by
//! organization.

use std::collections::BTreeMap;

use domain::{
    Id, Time,
    integration::{Member, Organization},
    message::Message,
    room::Room,
};
use store::stream::Changed;

use super::event::Entry;

/// What has happened in one organization.
#[derive(Debug, Default)]
pub struct Digest {
    rooms: BTreeMap<Id<Room>, Entry>,
    messages: BTreeMap<Id<Message>, Entry>,
    /// Members whose sockets were opened or closed.
    pub(crate) members: BTreeMap<Id<Member>, Member>,
}

/// Sums a batch up.
pub fn digest(
    changes: impl IntoIterator<Item = (Id<Organization>, Changed)>,
    now: Time,
) -> BTreeMap<Id<Organization>, Digest> {
    let mut digests: BTreeMap<_, Digest> = BTreeMap::new();
    for (organization, changed) in changes {
        digests.entry(organization).or_default().add(changed, now);
    }
    digests
}

impl Digest {
    fn add(&mut self, changed: Changed, now: Time) {
        match changed {
            Changed::Room(room, before) => {
                let mut entry = Entry::room(&room, before.as_deref(), now);
                let known = self.rooms.remove(&room.id);
                if let Some(mut known) = known {
                    entry.before.append(&mut known.before);
                    entry.before.sort_unstable();
                    entry.before.dedup();
                    if known.event.version > entry.event.version {
                        entry = Entry { before: entry.before, ..known };
                    }
                }
                self.rooms.insert(room.id, entry);
            }
            Changed::Message(message) => {
                let known = self.messages.get(&message.id).map(|known| known.event.version);
                if known.is_none_or(|version| version < message.version) {
                    self.messages.insert(message.id, Entry::message(&message, now));
                }
            }
            Changed::Socket(member) => {
                self.members.insert(member.id, member);
            }
        }
    }

    /// Rooms first: a message's room is known before it.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rooms.values().chain(self.messages.values())
    }

    /// A room that this batch has changed.
    #[cfg(feature = "push")]
    pub(crate) fn room(&self, id: Id<Room>) -> Option<&Entry> {
        self.rooms.get(&id)
    }

    /// Whether it tells nobody anything.
    pub fn is_empty(&self) -> bool {
        self.rooms.is_empty() && self.messages.is_empty() && self.members.is_empty()
    }
}
