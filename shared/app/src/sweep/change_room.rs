//! Changing a room as it is found to be.
//!
//! The room's row says all that there is to say of a resolution; its episode learns of it from the
//! room when the next one begins. So a room that time resolves is one write of its own, and two
//! for the lists of the member who had it.

use domain::room::Room;
use store::{Replaced, StoreError, Tenant, Versioned};

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
            match tenant.sweep_room(&old, &new).await? {
                Replaced::Done => return Ok(Some(*new)),
                Replaced::Changed(None) => return Ok(None),
                Replaced::Changed(Some(current)) => old = *current,
            }
        }
        Err(StoreError::Contended)
    }
}
