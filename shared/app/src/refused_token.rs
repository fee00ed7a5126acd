//! The provider refuses a channel token.
//!
//! Integrations are remembered for a minute, so the token may be one that an admin has replaced
//! since: then nothing is wrong, and whoever asked may go on with the new one. Else the integration
//! shows from now on that it has to be connected again, and why.

use channels::whatsapp::errors::is_token_error;
use domain::{
    Time,
    integration::{Integration, token_refused},
    message::Failure,
};
use store::{StoreError, Tenant};

use crate::ATTEMPTS;

/// Notes a refusal, if it is one of the token, of an integration as it was remembered. The integration
/// as it is now, if it has another token to try.
pub(crate) async fn note_refused_token(
    tenant: Tenant<'_>,
    remembered: &Integration,
    failure: &Failure,
    now: Time,
) -> Result<Option<Integration>, StoreError> {
    if !is_token_error(failure.code) {
        return Ok(None);
    }
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.integration(remembered.id).await? else { return Ok(None) };
        let (used, code) = (&remembered.token, failure.code);
        let Some(new) = token_refused(&old.value, used, code, &failure.title, now) else {
            let is_replaced = old.value.token != *used && !old.value.token.is_empty();
            return Ok(is_replaced.then_some(old.value));
        };
        if tenant.save_integration(&old, &new).await? {
            tracing::warn!(integration = %new.id, code, "the provider refuses the token");
            return Ok(None);
        }
    }
    Err(StoreError::Contended)
}
