//! Changing a room as it is found to be.
//!
//! Order of writes of a resolution: the room, whose row says all there is to say, then its
//! episode. If the run dies in between, whoever reopens the room notes it on the episode first.

use domain::room::Room;
use store::{Saved, StoreError, Tenant, Versioned};

use super::Sweep;
use crate::ATTEMPTS;

impl Sweep {
    /// Saves what is decided on a room, again if others were faster: the room that was saved, or
    /// `None` if there was nothing to do. The room may have been read some time ago.
    pub(super) async fn change_room(
        &self,
        tenant: Tenant<'_>,
        mut old: Versioned<Room>,
        decide: impl Fn(&Room) -> Option<Box<Room>>,
    ) -> Result<Option<Room>, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(new) = decide(&old.value) else { return Ok(None) };
            if let Saved::Done = tenant.save_room(&old, &new).await? {
                return Ok(Some(*new));
            }
            match tenant.room(new.id).await? {
                None => return Ok(None),
                // The answer to our own write was lost.
                Some(current) if current.value == *new => return Ok(Some(*new)),
                Some(current) => old = current,
            }
        }
        Err(StoreError::Contended)
    }

    /// The same for a room that is to be resolved. Whether it was.
    pub(super) async fn resolve_room(
        &self,
        tenant: Tenant<'_>,
        old: Versioned<Room>,
        decide: impl Fn(&Room) -> Option<Box<Room>>,
    ) -> Result<bool, StoreError> {
        let Some(resolved) = self.change_room(tenant, old, decide).await? else {
            return Ok(false);
        };
        tenant.note_resolution(&resolved).await?;
        Ok(true)
    }
}
