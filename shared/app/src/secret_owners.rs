//! Whose each stored secret is: the encryption context under which alone KMS opens it.

use domain::integration::{Integration, ProviderApp};
use platform::secrets::Owner;

/// The owner of a channel token: the integration that sends with it.
pub fn token(integration: &Integration) -> Owner {
    Owner {
        organization: integration.organization_id.to_string(),
        purpose: format!("integration:{}", integration.id),
    }
}

/// The owner of an app secret: the provider app whose deliveries it checks.
pub fn app(app: &ProviderApp) -> Owner {
    Owner { organization: app.organization_id.to_string(), purpose: format!("app:{}", app.key) }
}

/// The owner of a verify token: the webhook at which the provider says it. Apart from the app's
/// secret, so that whoever shows it to an admin can't open that one.
pub fn webhook(app: &ProviderApp) -> Owner {
    Owner { organization: app.organization_id.to_string(), purpose: format!("webhook:{}", app.key) }
}
