//! A new organization, its WhatsApp app and number, and a key: what `cargo dev up` and the test
//! world begin with. Everything is named by the caller, so that doing it twice does it once.

use channels::whatsapp::verify;
use domain::{
    Id, Time,
    api_key::{ApiKey, Proof, Role},
    channel::Channel,
    integration::{Connection, Integration, Member, Organization, Profile, ProviderApp},
    member::Membership,
    permission,
};
use platform::secrets::{SecretError, Secrets};
use store::{Claimed, StoreError, Table};

use crate::{authenticate::fingerprint, secret_owners};

/// What to set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The organization's name; its id follows from it.
    pub organization: String,
    /// The key in the webhook address.
    pub app_key: String,
    /// The secret with which the provider signs.
    pub app_secret: String,
    /// What the provider says when it verifies the webhook address.
    pub verify_token: String,
    /// The WhatsApp `phone_number_id`.
    pub phone_number_id: String,
    /// The WhatsApp Business Account that the number belongs to.
    pub business_account: Option<String>,
    /// The token with which we call the provider.
    pub access_token: String,
    /// The Bearer key of the member.
    pub api_key: String,
    /// The member's name.
    pub member: String,
    /// The member's role.
    pub role: Role,
}

/// What was set up.
#[derive(Debug, Clone, Copy)]
pub struct Provisioned {
    /// The organization.
    pub organization_id: Id<Organization>,
    /// Its WhatsApp number.
    pub integration_id: Id<Integration>,
}

/// Why it could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// KMS failed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Another organization has connected the number.
    #[error("the number is connected elsewhere")]
    Taken,
}

/// The organization of this name: who names it again means the same one.
pub fn organization_id(name: &str) -> Id<Organization> {
    Id::derived(&["organization", name])
}

/// Sets it all up; may be run again.
pub async fn provision(
    table: &Table,
    secrets: &Secrets,
    setup: &Setup,
) -> Result<Provisioned, ProvisionError> {
    let organization_id = organization_id(&setup.organization);
    let tenant = table.tenant(organization_id);

    let mut integration = Integration {
        id: Id::derived(&["integration", &setup.organization, &setup.phone_number_id]),
        organization_id,
        channel: Channel::WhatsApp,
        name: format!("{} WhatsApp", setup.organization),
        account: setup.phone_number_id.clone(),
        app_key: setup.app_key.clone(),
        token: String::new(),
        business_account: setup.business_account.clone(),
        profile: Profile::default(),
        connection: Connection::Connected,
        subscribed_at: None,
        templates_asked_at: None,
    };
    let owner = secret_owners::token(&integration);
    integration.token = secrets.seal(&setup.access_token, &owner).await?;

    let mut app = ProviderApp {
        key: setup.app_key.clone(),
        organization_id,
        channel: Channel::WhatsApp,
        provider_id: None,
        secret: String::new(),
        verify_token_sha256: verify::token_sha256(&setup.verify_token),
        verify_token: None,
    };
    app.secret = secrets.seal(&setup.app_secret, &secret_owners::app(&app)).await?;
    let verify_token = secrets.seal(&setup.verify_token, &secret_owners::webhook(&app)).await?;
    app.verify_token = Some(verify_token);
    tenant.name_organization(&setup.organization).await?;
    let old = tenant.integration(integration.id).await?;
    integration.templates_asked_at = old.as_ref().and_then(|old| old.value.templates_asked_at);
    if tenant.connect(old.as_ref(), &integration, &app).await? != Claimed::Yes {
        return Err(ProvisionError::Taken);
    }

    let member = Member {
        id: Id::derived(&["member", &setup.organization, &setup.member]),
        name: setup.member.clone(),
    };
    // They work with a key and sign in nowhere. If they are there, they stay what they are.
    let membership = Membership {
        id: member.id,
        name: member.name.clone(),
        role: setup.role,
        sub: String::new(),
        created_at: Time::from_millis(0),
        is_pending: false,
        invited_email: None,
        removed_at: None,
    };
    tenant.save_member(None, &membership, None).await?;
    let key = ApiKey {
        id: Id::derived(&["api key", &setup.organization, &setup.member]),
        organization_id,
        member,
        role: setup.role,
        scopes: vec![permission::ALL.to_owned()],
        proof: Proof::Bearer,
        name: format!("{}'s key", setup.member),
        created_at: Time::from_millis(0),
        expires_at: None,
        requests_per_minute: None,
        last_used_at: None,
        is_listed: false,
    };
    table.put_api_key(&fingerprint(&setup.api_key), &key).await?;
    Ok(Provisioned { organization_id, integration_id: integration.id })
}
