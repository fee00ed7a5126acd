//! The demo organization: one company with one WhatsApp number, so that there is something to try.

use app::{
    api_keys::{Proving, install_key},
    authenticate::PREFIX,
    members::{Seat, seat_member},
    provision::{Setup, provision},
};
use aws_config::SdkConfig;
use domain::{
    Id, Time,
    api_key::{ApiKey, Proof, REQUESTS_PER_MINUTE, Role},
    integration::{Member, Organization},
    permission,
};
use platform::{Source, cognito::UserPool, problem::Problem, secrets::Secrets};
use serde::{Deserialize, Serialize};
use store::Table;

/// Where the demo organization goes.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// How AWS is reached.
    pub(crate) aws: SdkConfig,
    /// The table's name.
    pub(crate) table: String,
    /// ARN of the key that encrypts channel tokens.
    pub(crate) kms_key: String,
    /// The user pool.
    pub(crate) user_pool: String,
    /// Its client.
    pub(crate) client: String,
}

/// The demo organization's keys and addresses, in the clear: they are worth nothing outside this
/// machine. Kept in a file of the instance, because the table has only their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Demo {
    /// Last part of the webhook's path: the id of the provider app.
    pub(crate) webhook_key: String,
    /// Signs deliveries.
    pub(crate) app_secret: String,
    /// Answers the provider's challenge.
    pub(crate) verify_token: String,
    /// The number, as the provider calls it.
    pub(crate) phone_number_id: String,
    /// The number, as people see it.
    pub(crate) display_phone_number: String,
    /// The WhatsApp Business Account.
    pub(crate) waba_id: String,
    /// What the provider accepts sends with.
    pub(crate) access_token: String,
    /// The demo member's bearer key.
    pub(crate) api_key: String,
    /// What the demo's admin signs in with.
    pub(crate) email: String,
    /// And their password.
    pub(crate) password: String,
    /// The name of the demo's HMAC key.
    pub(crate) api_key_id: String,
    /// What its requests are signed with.
    pub(crate) api_secret: String,
}

/// Makes the demo organization, or makes sure that it is there: `before` is what an earlier run
/// returned, and stays valid as long as the table holds it.
pub(crate) async fn run(target: &Target, before: Option<Demo>) -> anyhow::Result<Demo> {
    let demo = before.map_or_else(new_demo, Ok)?;
    let aws = &target.aws;
    let table = Table::new(aws, target.table.clone());
    let secrets = Secrets::new(aws, target.kms_key.clone());
    let setup = Setup {
        organization: "Demo".into(),
        app_key: demo.webhook_key.clone(),
        app_secret: demo.app_secret.clone(),
        verify_token: demo.verify_token.clone(),
        phone_number_id: demo.phone_number_id.clone(),
        business_account: Some(demo.waba_id.clone()),
        access_token: demo.access_token.clone(),
        api_key: demo.api_key.clone(),
        member: "Demo Agent".into(),
        role: Role::Admin,
    };
    let organization_id = provision(&table, &secrets, &setup).await?.organization_id;
    let pool = UserPool::new(aws, target.user_pool.clone(), target.client.clone());
    let now = Time::from(Source::system().now());
    seat(&table, &pool, organization_id, &demo, now).await.map_err(failed)?;
    install(&table, &secrets, organization_id, &demo, now).await.map_err(failed)?;
    Ok(demo)
}

fn failed(problem: Problem) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", problem.code, problem.detail)
}

/// Somebody who can sign in.
async fn seat(
    table: &Table,
    pool: &UserPool,
    organization_id: Id<Organization>,
    demo: &Demo,
    now: Time,
) -> Result<(), Problem> {
    let seat = Seat {
        organization_id,
        email: demo.email.clone(),
        password: demo.password.clone(),
        name: "Demo Admin".into(),
        role: Role::Admin,
    };
    seat_member(table, pool, &seat, now).await.map(drop)
}

/// A key that signs.
async fn install(
    table: &Table,
    secrets: &Secrets,
    organization_id: Id<Organization>,
    demo: &Demo,
    now: Time,
) -> Result<(), Problem> {
    let key = ApiKey {
        id: Id::derived(&["demo key", &demo.api_key_id]),
        organization_id,
        member: Member { id: Id::derived(&["demo key", "member"]), name: "Demo key".into() },
        role: Role::Admin,
        scopes: vec![permission::ALL.to_owned()],
        proof: Proof::Bearer,
        name: "Demo key".into(),
        created_at: now,
        expires_at: None,
        requests_per_minute: Some(REQUESTS_PER_MINUTE),
        last_used_at: None,
        is_listed: true,
    };
    let (username, secret) = (demo.api_key_id.clone(), demo.api_secret.clone());
    // It is there already when `up` runs again.
    install_key(table, secrets, key, &Proving::Secret { username, secret }).await.map(drop)
}

/// New secrets at every first start: what one machine prints opens nothing on another.
fn new_demo() -> anyhow::Result<Demo> {
    Ok(Demo {
        webhook_key: random()?,
        app_secret: random()?,
        verify_token: random()?,
        phone_number_id: "106540352242922".to_owned(),
        display_phone_number: "6281100000000".to_owned(),
        waba_id: "102290129340398".to_owned(),
        access_token: random()?,
        api_key: format!("{PREFIX}{}", random()?),
        email: "demo@example.com".to_owned(),
        // Of each kind that the user pool asks for.
        password: format!("Sapa-{}", &random()?[..16]),
        api_key_id: format!("sapa-{}", &random()?[..16]),
        api_secret: random()?,
    })
}

/// 32 random bytes in hex.
#[expect(clippy::disallowed_methods, reason = "secrets of the demo, outside the functions")]
fn random() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(hex::encode(bytes))
}
