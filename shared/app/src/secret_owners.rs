//! Whose each stored secret is: the encryption context under which alone KMS opens it.

use domain::{
    Id,
    api_key::ApiKey,
    integration::{Integration, ProviderApp},
    sign_in::Session,
};
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

/// The owner of an HMAC key's secret: the key.
pub fn api_key(key: &ApiKey) -> Owner {
    Owner { organization: key.organization_id.to_string(), purpose: format!("api_key:{}", key.id) }
}

/// The owner of a user pool's refresh token: the sign-in. It belongs to a person, and to none of
/// their organizations.
pub fn session(id: Id<Session>) -> Owner {
    Owner { organization: "none".into(), purpose: format!("session:{id}") }
}
