//! Rows that clients are shown, read together as they are at this moment.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Id,
    message::{Annotations, Message},
    note::Note,
    room::Room,
};

use serde::de::DeserializeOwned;

use crate::{
    damage::read_or_pass,
    keys::{Address, What},
    table::{Item, StoreError, Tenant},
};

/// What was found.
#[derive(Debug, Default)]
pub struct Current {
    /// Rooms.
    pub rooms: BTreeMap<Id<Room>, Room>,
    /// Messages.
    pub messages: BTreeMap<Id<Message>, Message>,
    /// What was said about messages.
    pub annotations: BTreeMap<(Id<Room>, Id<Annotations>), Annotations>,
    /// Notes that were not deleted.
    pub notes: BTreeMap<Id<Note>, Note>,
}

impl Tenant<'_> {
    /// What lies at these addresses, as far as there is something.
    pub async fn current(&self, wanted: &BTreeSet<Address>) -> Result<Current, StoreError> {
        let keys: Vec<_> = wanted.iter().map(|address| address.key(self.org)).collect();
        let mut current = Current::default();
        for row in self.table.batch(&keys, true).await? {
            current.add(row);
        }
        Ok(current)
    }
}

impl Current {
    /// Both together.
    pub fn extend(&mut self, other: Self) {
        self.rooms.extend(other.rooms);
        self.messages.extend(other.messages);
        self.annotations.extend(other.annotations);
        self.notes.extend(other.notes);
    }

    /// A row that does not read is left out: it must not keep everybody from all the others.
    fn add(&mut self, row: Item) {
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        let (pk, sk) = (text("pk").cloned(), text("sk").cloned());
        let address = Address::parse(&pk.unwrap_or_default(), &sk.unwrap_or_default());
        let Some((_, Address { room, what })) = address else { return };
        match what {
            What::Room => self.rooms.extend(value(row).map(|found| (room, found))),
            // What keeps a message out of a room that was merged away lies in a message's place.
            What::Message(_) if row.contains_key("moved_to") => {}
            What::Message(at) => self.messages.extend(value(row).map(|found| (at.id, found))),
            What::Annotations(target) => {
                self.annotations.extend(value(row).map(|found| ((room, target), found)));
            }
            What::Note(..) if row.contains_key("deleted_at") => {}
            What::Note(_, id) => self.notes.extend(value(row).map(|found| (id, found))),
        }
    }
}

fn value<T: DeserializeOwned>(row: Item) -> Option<T> {
    read_or_pass(row).map(|row| row.value)
}
