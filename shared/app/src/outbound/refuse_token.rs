//! The provider refuses a channel token.
//!
//! Integrations are remembered for a minute, so the token may be one that an admin has replaced
//! since: then nothing is wrong, and the message goes out with the new one. Else the integration
//! shows from now on that it has to be connected again, and why.

use domain::{
    Time,
    integration::{Integration, token_refused},
    message::Failure,
};
use store::StoreError;

use super::Sender;
use crate::ATTEMPTS;

impl Sender {
    /// Notes that the provider refused the token of an integration as it was remembered. Whether
    /// there is another token to try.
    pub(super) async fn refuse_token(
        &self,
        remembered: &Integration,
        failure: &Failure,
        now: Time,
    ) -> Result<bool, StoreError> {
        let tenant = self.table.tenant(remembered.organization_id);
        for _ in 0..ATTEMPTS {
            let Some(old) = tenant.integration(remembered.id).await? else { return Ok(false) };
            let (used, code) = (&remembered.token, failure.code);
            let Some(new) = token_refused(&old.value, used, code, &failure.title, now) else {
                let is_replaced = old.value.token != *used && !old.value.token.is_empty();
                if is_replaced {
                    self.accounts.remember(old.value, self.source.now());
                }
                return Ok(is_replaced);
            };
            if tenant.save_integration(&old, &new).await? {
                tracing::warn!(integration = %new.id, code, "the provider refuses the token");
                return Ok(false);
            }
        }
        Err(StoreError::Contended)
    }
}
