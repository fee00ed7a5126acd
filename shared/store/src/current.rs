//! Rows that clients are shown, read together as they are at this moment.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Id,
    message::{Annotations, Message},
    note::Note,
    room::Room,
};

use crate::{
    keys::{Address, What},
    table::{Item, StoreError, Tenant, read},
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
            current.add(row)?;
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

    fn add(&mut self, row: Item) -> Result<(), StoreError> {
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        let (pk, sk) = (text("pk").cloned(), text("sk").cloned());
        let address = Address::parse(&pk.unwrap_or_default(), &sk.unwrap_or_default());
        let Some((_, Address { room, what })) = address else { return Ok(()) };
        match what {
            What::Room => drop(self.rooms.insert(room, read(row)?.value)),
            // What keeps a message out of a room that was merged away lies in a message's place.
            What::Message(_) if row.contains_key("moved_to") => {}
            What::Message(at) => drop(self.messages.insert(at.id, read(row)?.value)),
            What::Annotations(target) => {
                self.annotations.insert((room, target), read(row)?.value);
            }
            What::Note(..) if row.contains_key("deleted_at") => {}
            What::Note(_, id) => drop(self.notes.insert(id, read(row)?.value)),
        }
        Ok(())
    }
}
