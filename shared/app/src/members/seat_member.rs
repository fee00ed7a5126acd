//! A member without an invitation: what an installation and the test world begin with.

use domain::{
    Id, Time,
    api_key::Role,
    integration::Organization,
    member::{Identity, Membership},
};
use platform::{
    cognito::{CognitoError, UserPool},
    problem::Problem,
};
use secrecy::SecretString;
use store::Table;

use super::invite_member::{Consent, join, seat};
use crate::{
    internal,
    sign_in::{change_identity, unexpected},
};

/// Whom to seat.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Their organization.
    pub organization_id: Id<Organization>,
    /// What they sign in with, in lower case.
    pub email: String,
    /// The password they sign in with.
    pub password: String,
    /// The name colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Makes somebody a member who can sign in at once; may be run again.
pub async fn seat_member(
    table: &Table,
    pool: &UserPool,
    at: &Seat,
    now: Time,
) -> Result<Membership, Problem> {
    let user = match pool.introduce(&at.email).await {
        Err(CognitoError::Taken) => pool.user(&at.email).await.map_err(unexpected)?,
        other => Some(other.map_err(unexpected)?),
    };
    let user = user.ok_or_else(|| Problem::not_found("user"))?;
    pool.set_password(&user.sub, &SecretString::from(at.password.as_str()))
        .await
        .map_err(unexpected)?;
    pool.set_email(&user.sub, &at.email, true).await.map_err(unexpected)?;
    let tenant = table.tenant(at.organization_id);
    join(table, tenant, &user, Consent::Given).await?;
    change_identity(table, &user.sub, |old| Identity { is_verified: true, ..old.clone() }).await?;
    let id = Membership::id_of(at.organization_id, &user.sub);
    let seated = tenant.member(id).await.map_err(internal)?.map(|row| row.value);
    // Whatever became of them since the first time stays.
    if let Some(seated) = seated.filter(Membership::is_current) {
        return Ok(seated);
    }
    let new = Membership {
        id,
        name: at.name.clone(),
        role: at.role,
        sub: user.sub,
        created_at: now,
        is_pending: false,
        invited_email: None,
        removed_at: None,
    };
    seat(tenant, new).await
}
