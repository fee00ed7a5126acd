//! Connects a WhatsApp number.
//!
//! Order: the provider proves token, secret and number; then claim, integration and provider app
//! are written together; then the provider is asked to deliver. Repeating it repeats the rest: the
//! ids of app and integration follow from the organization, the Meta app and the number. A number
//! that was connected before is the same integration again, with its rooms.

use channels::whatsapp::verify;
use domain::{
    Id, Time,
    channel::Channel,
    integration::{Connection, Integration, Organization, Profile, ProviderApp},
};
use http::Method;
use platform::{Ctx, problem::Problem};
use secrecy::{ExposeSecret, SecretString};
use store::{Claimed, StoreError, Table, Tenant, Versioned};

use super::{Connector, connector::Claimant, rename_integration::checked_name};
use crate::{ATTEMPTS, authenticate::Caller, internal, secret_owners};

/// What an admin brings from Meta's pages.
#[derive(Debug)]
pub struct NewWhatsApp {
    /// The name that agents see; the verified name if there is none.
    pub name: Option<String>,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the business account.
    pub waba_id: String,
    /// A token that may send in its name.
    pub access_token: SecretString,
    /// The secret of the Meta app that the token belongs to.
    pub app_secret: SecretString,
}

/// Connects a number for the caller's organization.
pub async fn connect_whatsapp(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    new: &NewWhatsApp,
    ctx: &Ctx,
) -> Result<Integration, Problem> {
    let given = new.name.as_deref().map(checked_name).transpose()?;
    let claimant = Claimant {
        phone_number_id: &new.phone_number_id,
        waba: &new.waba_id,
        token: new.access_token.expose_secret(),
        app_secret: new.app_secret.expose_secret(),
    };
    let proof = connector.prove(&claimant).await?;
    let tenant = caller.tenant(table);
    let known = tenant.integrations().await.map_err(internal)?;
    let known = known.into_iter().find(|known| known.account == new.phone_number_id);
    let organization = caller.organization_id.to_string();
    let integration = Integration {
        id: known.as_ref().map_or_else(
            || Id::derived(&["integration", &organization, &new.phone_number_id]),
            |known| known.id,
        ),
        organization_id: caller.organization_id,
        channel: Channel::WhatsApp,
        name: given.unwrap_or_else(|| name(new, &proof.profile)),
        account: new.phone_number_id.clone(),
        app_key: app_key(table, known.as_ref(), caller.organization_id, &proof.app_id).await?,
        token: String::new(),
        business_account: Some(new.waba_id.clone()),
        profile: proof.profile.clone(),
        connection: Connection::Connected,
        subscribed_at: None,
        templates_asked_at: None,
    };
    connector.establish(table, tenant, integration, &proof.app_id, &claimant, ctx).await
}

/// The key in the webhook address of an organization's Meta app: always the same one, so that its
/// numbers share an address, and connecting twice makes one app. A number that is known keeps its
/// address, unless its token is another Meta app's now, whose deliveries are signed by another
/// secret.
pub(super) async fn app_key(
    table: &Table,
    known: Option<&Integration>,
    organization: Id<Organization>,
    app_id: &str,
) -> Result<String, Problem> {
    if let Some(known) = known
        && let Some(app) = table.provider_app(&known.app_key).await.map_err(internal)?
        && app.provider_id.is_none_or(|before| before == app_id)
    {
        return Ok(known.app_key.clone());
    }
    Ok(Id::<ProviderApp>::derived(&["app", &organization.to_string(), app_id]).to_string())
}

fn name(new: &NewWhatsApp, profile: &Profile) -> String {
    let known = profile.verified_name.as_ref().or(profile.display_phone_number.as_ref());
    known.unwrap_or(&new.phone_number_id).clone()
}

impl Connector {
    /// Writes what was proved, and has the provider deliver.
    pub(super) async fn establish(
        &self,
        table: &Table,
        tenant: Tenant<'_>,
        integration: Integration,
        app_id: &str,
        claimant: &Claimant<'_>,
        ctx: &Ctx,
    ) -> Result<Integration, Problem> {
        let app = self.app(table, &integration, app_id, claimant, ctx).await?;
        let owner = secret_owners::token(&integration);
        let token = self.secrets.seal(claimant.token, &owner).await.map_err(sealing)?;
        for _ in 0..ATTEMPTS {
            let old = tenant.integration(integration.id).await.map_err(internal)?;
            let asked = old.as_ref().and_then(|old| old.value.templates_asked_at);
            let new = Integration {
                token: token.clone(),
                templates_asked_at: asked,
                ..integration.clone()
            };
            match tenant.connect(old.as_ref(), &new, &app).await.map_err(internal)? {
                Claimed::Yes => return self.subscribed(tenant, new, claimant).await,
                Claimed::Taken => {
                    let detail = "This number is connected elsewhere. Disconnect it there first.";
                    return Err(Problem::new(409, "already_connected", detail));
                }
                Claimed::Changed => {}
            }
        }
        Err(internal(StoreError::Contended))
    }

    /// The provider app of a number: as it was registered, with the secret that was just proved.
    async fn app(
        &self,
        table: &Table,
        integration: &Integration,
        app_id: &str,
        claimant: &Claimant<'_>,
        ctx: &Ctx,
    ) -> Result<ProviderApp, Problem> {
        let known = table.provider_app(&integration.app_key).await.map_err(internal)?;
        let verify_token = hex::encode(ctx.random());
        let mut app = ProviderApp {
            key: integration.app_key.clone(),
            organization_id: integration.organization_id,
            channel: integration.channel,
            provider_id: Some(app_id.to_owned()),
            secret: String::new(),
            verify_token_sha256: verify::token_sha256(&verify_token),
            verify_token: None,
        };
        // The token that an admin has entered at Meta must stay good.
        match known {
            Some(known) => {
                app.verify_token_sha256 = known.verify_token_sha256;
                app.verify_token = known.verify_token;
            }
            None => {
                let owner = secret_owners::webhook(&app);
                let sealed = self.secrets.seal(&verify_token, &owner).await.map_err(sealing)?;
                app.verify_token = Some(sealed);
            }
        }
        let owner = secret_owners::app(&app);
        app.secret = self.secrets.seal(claimant.app_secret, &owner).await.map_err(sealing)?;
        Ok(app)
    }

    /// Asks the provider to deliver. If it does not, the number is connected all the same, and
    /// shows that it is not subscribed: connecting again asks again.
    async fn subscribed(
        &self,
        tenant: Tenant<'_>,
        connected: Integration,
        claimant: &Claimant<'_>,
    ) -> Result<Integration, Problem> {
        if let Err(problem) = self.subscribe(claimant, Method::POST).await {
            tracing::warn!(code = problem.code, integration = %connected.id, "not subscribed");
            return Ok(connected);
        }
        let subscribed_at = Some(Time::from(self.source.now()));
        for _ in 0..ATTEMPTS {
            let Some(old): Option<Versioned<Integration>> =
                tenant.integration(connected.id).await.map_err(internal)?
            else {
                return Err(Problem::not_found("integration"));
            };
            let new = Integration { subscribed_at, ..old.value.clone() };
            if tenant.save_integration(&old, &new).await.map_err(internal)? {
                return Ok(new);
            }
        }
        Err(internal(StoreError::Contended))
    }
}

pub(super) fn sealing(error: platform::secrets::SecretError) -> Problem {
    tracing::error!(%error, "a secret could not be sealed or opened");
    error.told()
}
