//! A provider's notice that a template may be sent no more, or again, or counts as something else.
//!
//! Order of writes: the line among the events, then the copy of each number of that business
//! account. A notice that was overtaken changes nothing ([`told`]). A template that we don't have is
//! an event only: the next sync brings it as it is.

use channels::AccountNews;
use domain::{
    Id,
    integration::{Integration, ProviderApp},
    template::{News, told},
};
use store::{StoreError, Tenant};

use super::{Inbound, StoreElementError};
use crate::ATTEMPTS;

impl Inbound {
    /// Changes the copies of a template, after its line is kept.
    pub(super) async fn change_template(
        &self,
        app: &ProviderApp,
        account: &AccountNews,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(app.organization_id);
        for integration in tenant.integrations().await? {
            let is_told_of = integration.app_key == app.key
                && integration.business_account.as_ref() == Some(&account.business_account);
            if is_told_of {
                change(tenant, integration.id, &account.news).await?;
            }
        }
        Ok(())
    }
}

async fn change(tenant: Tenant<'_>, of: Id<Integration>, news: &News) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let known = tenant.template(of, &news.name, &news.language).await?;
        let Some(known) = known else { return Ok(()) };
        let Some(new) = told(&known.value.definition, news) else { return Ok(()) };
        if tenant.save_template(of, Some(&known), &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}
