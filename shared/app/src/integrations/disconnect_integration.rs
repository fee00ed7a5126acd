//! Takes an account out: nothing is sent or received through it, its rooms stay readable.
//!
//! Order: the account is released and the token forgotten in one transaction; before it, the
//! provider is asked to deliver no longer, if no other number of the business account is left.
//! What is said from then on and delivered all the same is kept as unrouted; what was said before still
//! reaches its room, since it may be there in part.

use domain::{
    Id, Time,
    integration::{Connection, Integration, disconnect},
};
use http::Method;
use platform::{Ctx, problem::Problem};
use secrecy::ExposeSecret;
use store::{StoreError, Table, Tenant};

use super::{Connector, connector::Claimant};
use crate::{ATTEMPTS, authenticate::Caller, internal, secret_owners};

/// Disconnects an integration of the caller's organization; one that is out already stays so.
pub async fn disconnect_integration(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    ctx: &Ctx,
) -> Result<Integration, Problem> {
    let tenant = caller.tenant(table);
    let known = super::find(tenant, id).await?.value;
    if known.subscribed_at.is_some() && is_last(tenant, &known).await? {
        connector.unsubscribe(table, &known, ctx).await;
    }
    for _ in 0..ATTEMPTS {
        let old = super::find(tenant, id).await?;
        let Some(new) = disconnect(&old.value, Time::from(ctx.now)) else { return Ok(old.value) };
        if tenant.disconnect(&old, &new).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}

/// Whether no other connected number of the organization is of the same business account.
async fn is_last(tenant: Tenant<'_>, known: &Integration) -> Result<bool, Problem> {
    let all = tenant.integrations().await.map_err(internal)?;
    let is_other = |other: &Integration| {
        other.id != known.id
            && other.business_account == known.business_account
            && !matches!(other.connection, Connection::Disconnected { .. })
    };
    Ok(!all.iter().any(is_other))
}

impl Connector {
    /// Asks the provider to deliver no longer. That it fails must not keep an admin from taking a
    /// number out: the token may be the reason for it.
    async fn unsubscribe(&self, table: &Table, known: &Integration, ctx: &Ctx) {
        let Some(waba) = &known.business_account else { return };
        let owner = secret_owners::token(known);
        let Ok(token) = self.secrets.open(&known.token, &owner, ctx.now).await else { return };
        let Ok(Some(app)) = table.provider_app(&known.app_key).await else { return };
        let owner = secret_owners::app(&app);
        let Ok(secret) = self.secrets.open(&app.secret, &owner, ctx.now).await else { return };
        let claimant = Claimant {
            phone_number_id: &known.account,
            waba,
            token: token.expose_secret(),
            app_secret: secret.expose_secret(),
        };
        if let Err(problem) = self.subscribe(&claimant, Method::DELETE).await {
            tracing::warn!(code = problem.code, integration = %known.id, "still subscribed");
        }
    }
}
