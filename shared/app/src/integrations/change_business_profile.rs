//! Changes what customers see of the business behind a number, at the provider. Doing it again
//! does the same; nothing is kept here. Who is not told that it was changed is told whether it may
//! have been.

use channels::{LimitBroken, whatsapp::business_profile};
use domain::{
    Id, Time,
    integration::{BusinessProfile, BusinessProfileChange, Integration},
};
use platform::{Ctx, problem::Problem};
use secrecy::ExposeSecret;
use store::Table;

use super::{Connector, connector::About, show_business_profile};
use crate::authenticate::Caller;

/// Has the provider change the profile of a number; the profile as it has it then. Admins do.
pub async fn change_business_profile(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    change: &BusinessProfileChange,
    ctx: &Ctx,
) -> Result<BusinessProfile, Problem> {
    if *change == BusinessProfileChange::default() {
        return Err(Problem::field("body", "Nothing is to be changed."));
    }
    business_profile::check(change)
        .map_err(|LimitBroken { field, detail }| Problem::field(field, detail))?;
    let tenant = caller.tenant(table);
    let integration = super::find(tenant, id).await?.value;
    let token = connector.token(&integration, ctx).await?;
    let (url, token) = (&connector.graph_url, token.expose_secret());
    let request = business_profile::change(url, &integration.account, token, change);
    let response = connector.ask_to_change(request).await?;
    let now = Time::from(connector.source.now());
    if let Err(refusal) = business_profile::is_changed(&response, now) {
        let about = About { tenant, integration: &integration, now };
        return Err(about.change_declined(refusal).await);
    }
    let shown = show_business_profile(table, connector, caller, id, ctx).await;
    shown.map_err(|problem| {
        tracing::warn!(code = problem.code, integration = %id, "changed, and not read again");
        let detail = "The profile was changed, but WhatsApp does not show it now. Read it again.";
        Problem::new(502, "provider_unavailable", detail)
    })
}
