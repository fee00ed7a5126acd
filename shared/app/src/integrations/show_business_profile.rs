//! What customers see of the business behind a number, as the provider has it now.

use channels::whatsapp::business_profile;
use domain::{
    Id, Time,
    integration::{BusinessProfile, Integration},
};
use platform::{Ctx, problem::Problem};
use secrecy::ExposeSecret;
use store::Table;

use super::{Connector, connector::About};
use crate::authenticate::Caller;

/// Asks the provider for the profile of a number.
pub async fn show_business_profile(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    ctx: &Ctx,
) -> Result<BusinessProfile, Problem> {
    let tenant = caller.tenant(table);
    let integration = super::find(tenant, id).await?.value;
    let token = connector.token(&integration, ctx).await?;
    let (url, token) = (&connector.graph_url, token.expose_secret());
    let request = business_profile::ask(url, &integration.account, token);
    let response = connector.ask_about(request).await?;
    let now = Time::from(connector.source.now());
    let about = About { tenant, integration: &integration, now };
    match business_profile::read(&response, now) {
        Ok(profile) => Ok(profile),
        Err(refusal) => Err(about.declined(refusal).await),
    }
}
