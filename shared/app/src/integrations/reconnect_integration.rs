//! Gives an integration a new token, in place: its rooms and their history stay its own
//! (chatwoot#1046).

use domain::{
    Id,
    integration::{Connection, Integration},
};
use platform::{Ctx, problem::Problem};
use secrecy::{ExposeSecret, SecretString};
use store::Table;

use super::{
    Connector,
    connect_whatsapp::{app_key, sealing},
    connector::Claimant,
};
use crate::{authenticate::Caller, internal, secret_owners};

/// What an admin brings from Meta's pages.
#[derive(Debug)]
pub struct NewToken {
    /// A token that may send in the number's name.
    pub access_token: SecretString,
    /// The app's secret, if the token is another app's or the secret was changed.
    pub app_secret: Option<SecretString>,
    /// Meta's id of the business account, if it is not known or has changed.
    pub waba_id: Option<String>,
}

/// Proves a new token for the same number, and connects it again.
pub async fn reconnect_integration(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    new: &NewToken,
    ctx: &Ctx,
) -> Result<Integration, Problem> {
    let tenant = caller.tenant(table);
    let known = super::find(tenant, id).await?.value;
    let waba = new.waba_id.clone().or_else(|| known.business_account.clone());
    let waba = waba.ok_or_else(|| Problem::field("waba_id", "The business account is needed."))?;
    let app = table.provider_app(&known.app_key).await.map_err(internal)?;
    let secret = match (&new.app_secret, &app) {
        (Some(secret), _) => secret.clone(),
        (None, None) => return Err(Problem::field("app_secret", "The secret is needed.")),
        (None, Some(app)) => {
            let owner = secret_owners::app(app);
            connector.secrets.open(&app.secret, &owner, ctx.now).await.map_err(sealing)?
        }
    };
    let account = known.account.clone();
    let claimant = Claimant {
        phone_number_id: &account,
        waba: &waba,
        token: new.access_token.expose_secret(),
        app_secret: secret.expose_secret(),
    };
    let proof = connector.prove(&claimant).await?;
    let integration = Integration {
        app_key: app_key(table, Some(&known), caller.organization_id, &proof.app_id).await?,
        connection: Connection::Connected,
        business_account: Some(waba.clone()),
        profile: proof.profile.clone(),
        ..known
    };
    connector.establish(table, tenant, integration, &proof.app_id, &claimant, ctx).await
}
