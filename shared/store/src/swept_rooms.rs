//! Rooms that time changes, without a transaction.
//!
//! Order of writes: the rows that will follow the room, the room, and then those that no longer
//! do go. What a dead run leaves behind is told in `following.rs`.

use domain::room::Room;

use crate::{
    rooms::row,
    table::{StoreError, Tenant, Versioned, Written, read},
};

/// What became of a room that was to be replaced.
#[derive(Debug)]
pub enum Replaced {
    /// The room is as it was decided.
    Done,
    /// The room has changed since it was read: as it is now, if it is still there.
    Changed(Option<Box<Versioned<Room>>>),
}

impl Tenant<'_> {
    /// Replaces a room within its episode.
    pub async fn sweep_room(
        &self,
        old: &Versioned<Room>,
        new: &Room,
    ) -> Result<Replaced, StoreError> {
        let change = self.followers_of_change(&old.value, new);
        self.bring(&change).await?;
        if let Written::No(current) = self.table.replace(row(self.org, new)?, old.version).await? {
            let current = current.map(read::<Room>).transpose()?;
            // The SDK repeats a call whose answer was lost, and meets what it has written.
            let written = Room { version: old.version + 1, ..new.clone() };
            if current.as_ref().is_none_or(|current| current.value != written) {
                self.take_back(&change, current.as_ref().map(|row| &row.value)).await?;
                return Ok(Replaced::Changed(current.map(Box::new)));
            }
        }
        self.take_away(&change).await?;
        Ok(Replaced::Done)
    }
}
