//! What an admin enters at the provider so that it delivers to us.

use domain::{Id, integration::Integration};
use platform::{Ctx, problem::Problem};
use secrecy::ExposeSecret;
use store::Table;

use super::{Connector, connect_whatsapp::sealing};
use crate::{authenticate::Caller, internal, secret_owners};

/// A webhook, as the provider's page asks for it.
#[derive(Debug)]
pub struct Webhook {
    /// The callback address.
    pub url: String,
    /// The verify token; nothing where only its hash is known.
    pub verify_token: Option<String>,
}

/// The webhook of an integration's provider app.
pub async fn show_webhook(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    ctx: &Ctx,
) -> Result<Webhook, Problem> {
    let integration = super::find(caller.tenant(table), id).await?.value;
    let base = connector.webhook_url.trim_end_matches('/');
    let url = format!("{base}/webhooks/{}/{}", integration.channel.slug(), integration.app_key);
    let app = table.provider_app(&integration.app_key).await.map_err(internal)?;
    let app = app.ok_or_else(|| Problem::not_found("webhook"))?;
    let verify_token = match &app.verify_token {
        None => None,
        Some(sealed) => {
            let owner = secret_owners::webhook(&app);
            let token = connector.secrets.open(sealed, &owner, ctx.now).await.map_err(sealing)?;
            Some(token.expose_secret().to_owned())
        }
    };
    Ok(Webhook { url, verify_token })
}
