//! Whether a message is to be sent any more.
//!
//! Whoever erases a contact deletes what waits to be sent, but leaves what a run has claimed. If the
//! provider refuses that one for now, it waits again, and nothing deletes it until the erasure is
//! asked for once more. So each try after the first looks; a first one pays nothing for it.

use domain::message::Message;
use store::{StoreError, Tenant};

/// Whether the contact of a message was erased since its first try: the contact says so at once, and
/// their room goes soon.
pub(super) async fn is_called_off(
    tenant: Tenant<'_>,
    message: &Message,
    attempts: u32,
) -> Result<bool, StoreError> {
    if attempts <= 1 {
        return Ok(false);
    }
    let Some(room) = tenant.room(message.room_id).await? else { return Ok(true) };
    let contact = tenant.contact(room.value.contact_id).await?;
    Ok(contact.is_some_and(|contact| contact.value.erased.is_some()))
}
