//! A provider's notice that a template may be sent no more, or again, or counts as something else,
//! or that a number is rated or named otherwise.
//!
//! Order of writes: the line among the events, then each number of that business account, or its
//! copy of the template, as long as no list is asked for meanwhile. A notice that was overtaken, by
//! another or by a list, changes nothing ([`told`], [`number_told`]). A template that we don't have is
//! an event only: the next sync brings it as it is.

use channels::{AccountChange, AccountNews};
use domain::{
    Id,
    integration::{Integration, NumberNews, ProviderApp, number_told},
    template::{News, told},
};
use store::{StoreError, Tenant};

use super::{Inbound, StoreElementError};
use crate::ATTEMPTS;

impl Inbound {
    /// Changes what a notice is about, after its line is kept.
    pub(super) async fn change_account(
        &self,
        app: &ProviderApp,
        account: &AccountNews,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(app.organization_id);
        for integration in tenant.integrations().await? {
            let is_told_of = integration.app_key == app.key
                && integration.business_account.as_ref() == Some(&account.business_account);
            if is_told_of {
                match &account.change {
                    AccountChange::Template(news) => {
                        change_template(tenant, &integration, news).await?;
                    }
                    AccountChange::Number(news) => {
                        change_number(tenant, integration.id, news).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

async fn change_template(
    tenant: Tenant<'_>,
    integration: &Integration,
    news: &News,
) -> Result<(), StoreError> {
    let (of, mut asked) = (integration.id, integration.templates_asked_at);
    for _ in 0..ATTEMPTS {
        let known = tenant.template(of, &news.name, &news.language).await?;
        let Some(known) = known else { return Ok(()) };
        let Some(new) = told(&known.value.definition, asked, news) else { return Ok(()) };
        if tenant.save_told_template(of, &known, &new, asked).await? {
            return Ok(());
        }
        // The template or the list of its integration has changed.
        let Some(integration) = tenant.integration(of).await? else { return Ok(()) };
        asked = integration.value.templates_asked_at;
    }
    Err(StoreError::Contended)
}

async fn change_number(
    tenant: Tenant<'_>,
    of: Id<Integration>,
    news: &NumberNews,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(known) = tenant.integration(of).await? else { return Ok(()) };
        let Some(new) = number_told(&known.value, news) else { return Ok(()) };
        if tenant.save_integration(&known, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
