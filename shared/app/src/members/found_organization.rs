//! Who runs an installation makes an organization and invites its first admin.
//!
//! The organization's id follows from its name, so founding it again finds it. Order: its name; then
//! the invitation, which finishes itself when it is repeated. No operation of the API leads here:
//! it takes rights on the table and the user pool.

use domain::{Id, Time, api_key::Role, integration::Organization};
use platform::{cognito::UserPool, problem::Problem};
use store::Table;

use super::{
    Invitation, Person, check_name,
    invite_member::{Consent, invite},
};
use crate::{internal, provision, sign_in::unexpected};

/// What to make.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The organization's name.
    pub name: String,
    /// The admin's name.
    pub admin_name: String,
    /// The admin's address.
    pub admin_email: String,
    /// Whether to send another first password to an admin who has yet to sign in.
    pub again: bool,
}

/// What was made, or found.
#[derive(Debug, Clone)]
pub struct Founded {
    /// The organization.
    pub organization_id: Id<Organization>,
    /// Whether it was there before.
    pub was_there: bool,
    /// The admin.
    pub admin: Person,
    /// Whether they were a member before.
    pub was_member: bool,
    /// Whether a first password was sent by this run.
    pub is_invited: bool,
}

/// Makes an organization with an admin, or finds what there is of both.
pub async fn found_organization(
    table: &Table,
    pool: &UserPool,
    founding: &Founding,
    now: Time,
) -> Result<Founded, Problem> {
    let name = check_name(&founding.name)?;
    let organization_id = provision::organization_id(&name);
    let tenant = table.tenant(organization_id);
    let was_there = tenant.organization_name().await.map_err(internal)?.is_some();
    tenant.name_organization(&name).await.map_err(internal)?;
    let before = pool.user(founding.admin_email.trim()).await.map_err(unexpected)?;
    let invitation = Invitation {
        email: founding.admin_email.clone(),
        name: founding.admin_name.clone(),
        role: Role::Admin,
    };
    let admin = invite(table, pool, tenant, &invitation, Consent::Given, now).await?;
    // Who was here before keeps the time of the first invitation.
    let was_member = admin.membership.created_at != now;
    let again = founding.again && before.as_ref().is_some_and(|user| user.is_new);
    if again {
        pool.invite_again(&admin.identity.email).await.map_err(unexpected)?;
    }
    let is_invited = before.is_none() || again;
    Ok(Founded { organization_id, was_there, admin, was_member, is_invited })
}
