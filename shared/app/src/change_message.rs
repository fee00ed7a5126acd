//! Changing one of our messages while others may change it, too.

use domain::message::{Direction, Message, Outbound};
use store::{MessageKey, StoreError, Tenant, Versioned};

use crate::ATTEMPTS;

/// Changes a message, as long as there is something to change; whether it did.
pub(crate) async fn change_message(
    tenant: Tenant<'_>,
    mut old: Versioned<Message>,
    change: impl Fn(&Outbound) -> Option<Outbound>,
) -> Result<bool, StoreError> {
    for _ in 0..ATTEMPTS {
        let Direction::Outbound(known) = &old.value.direction else { return Ok(false) };
        let Some(next) = change(known) else { return Ok(false) };
        let direction = Direction::Outbound(Box::new(next));
        if tenant.save_message(&old, &Message { direction, ..old.value.clone() }).await? {
            return Ok(true);
        }
        match tenant.message(MessageKey::of(&old.value)).await? {
            Some(current) => old = current,
            None => return Ok(false),
        }
    }
    Err(StoreError::Contended)
}
