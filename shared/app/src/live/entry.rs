//! What the journal keeps of a change: where it lies, and who could see its room before.
//!
//! Addresses and no words. What is told of an entry is read when it is told: so it is the latest,
//! what was deleted meanwhile is not in it, and whoever erases a customer need not look here.

use std::collections::BTreeMap;

use domain::{
    Id,
    message::Annotations,
    room::{Audience, Room, audience},
};
use serde::{Deserialize, Serialize};
use store::{Address, What, stream::Changed};

/// A change. Its names are short: entries fill the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(rename = "r")]
    room: Id<Room>,
    #[serde(rename = "w")]
    what: What,
    /// About how many bytes there are to tell.
    #[serde(rename = "n")]
    pub(crate) size: usize,
    /// Of a message: what is said about it is known by this.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) annotated: Option<Id<Annotations>>,
    /// Of a room: whom it was shown to before.
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<Audience>,
    /// Of a room that was erased: the version that it would have had.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) erased: Option<u64>,
}

impl Entry {
    /// The entry for a change of this size; `None` for what is not in a room.
    pub(crate) fn of(changed: &Changed, size: usize) -> Option<Self> {
        let entry = |room, what| Self {
            room,
            what,
            size,
            annotated: None,
            before: Vec::new(),
            erased: None,
        };
        match changed {
            Changed::Room { before, now } => {
                let room = now.as_ref().or(before.as_ref())?;
                let erased = now.is_none().then(|| room.version + 1);
                let before = before.iter().map(|room| audience(room)).collect();
                Some(Self { before, erased, ..entry(room.id, What::Room) })
            }
            Changed::Message(message) => {
                let entry = entry(message.room_id, What::Message(message.position()));
                Some(Self { annotated: message.annotated_id(), ..entry })
            }
            Changed::Beside(address) => Some(entry(address.room, address.what)),
            Changed::Opened(_) | Changed::Closed(_) | Changed::Gone { .. } => None,
        }
    }

    /// Where it lies.
    pub(crate) fn address(&self) -> Address {
        Address { room: self.room, what: self.what }
    }

    /// Where what was said about it lies, if it is a message that the provider has named.
    pub(crate) fn beside(&self) -> Option<Address> {
        let what = What::Annotations(self.annotated?);
        Some(Address { room: self.room, what })
    }

    /// This and a later one of the same address as one.
    fn and(self, later: Self) -> Self {
        let mut before = [self.before, later.before].concat();
        before.sort_unstable();
        before.dedup();
        Self { before, size: self.size.max(later.size), ..later }
    }
}

/// Changes, of each thing once.
#[derive(Debug, Default)]
pub(crate) struct Entries(BTreeMap<Address, Entry>);

impl Entries {
    /// Adds a later change.
    pub(crate) fn add(&mut self, entry: Entry) {
        let address = entry.address();
        let entry = match self.0.remove(&address) {
            Some(known) => known.and(entry),
            None => entry,
        };
        self.0.insert(address, entry);
    }

    /// A room before what is in it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.values()
    }

    /// How many things have changed.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_changes_of_a_room_remember_all_who_saw_it() {
        let (room, ani) = (Id::derived(&["room"]), Audience::Only(Id::derived(&["ani"])));
        let entry = |before: &[Audience], erased| Entry {
            room,
            what: What::Room,
            size: 10,
            annotated: None,
            before: before.to_vec(),
            erased,
        };
        let both =
            entry(&[Audience::Everyone], Some(7)).and(entry(&[ani, Audience::Everyone], None));
        assert_eq!(both, entry(&[Audience::Everyone, ani], None));
        let json = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), both);
    }
}
