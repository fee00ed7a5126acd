//! An admin invites somebody.
//!
//! Order: the user pool, which sends the first password to who is new there; the identity, which
//! leads them to the organization; the member, who proves it. The same invitation again finishes
//! what broke off, and is no second one.
//!
//! An address that is somebody's already does not make them a member: they are asked, when they sign
//! in, and accept or decline (`accept_invitation.rs`). Until then they can do nothing here, and nothing
//! changes for them elsewhere. Who is new accepts by signing in with the password that was sent; who
//! was here before is asked only if somebody else has them by now.

use domain::{
    Time,
    api_key::Role,
    member::{Affiliation, Identity, Membership, Roster},
    sign_in::address,
};
use platform::{
    Ctx,
    cognito::{CognitoError, User, UserPool},
    problem::Problem,
};
use store::{StoreError, Table, Tenant};

use super::{Person, check_name, find, person};
use crate::{
    ATTEMPTS,
    authenticate::Caller,
    internal,
    sign_in::{count, unexpected},
};

/// Invitations of an organization within a quarter of an hour.
const MAILS: u32 = 100;

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Where to.
    pub email: String,
    /// The name colleagues will see.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Invites somebody, or finishes an invitation.
pub async fn invite_member(
    table: &Table,
    pool: &UserPool,
    caller: &Caller,
    invitation: &Invitation,
    ctx: &Ctx,
) -> Result<Person, Problem> {
    // What can't be sent is not counted.
    check(invitation)?;
    count_mail(table, caller, ctx).await?;
    let now = Time::from(ctx.now);
    invite(table, pool, caller.tenant(table), invitation, Consent::Asked, now).await
}

/// The address and the name, as they are kept.
fn check(invitation: &Invitation) -> Result<(String, String), Problem> {
    let email =
        address(&invitation.email).map_err(|error| Problem::field("email", error.to_string()))?;
    Ok((email, check_name(&invitation.name)?))
}

/// Whether who has a sign-in already is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// They are.
    Asked,
    /// They were a member here before: they are if somebody else has them by now.
    AskedIfElsewhere,
    /// Whoever runs the installation speaks for them.
    Given,
}

/// Invites somebody in the name of an organization, whoever it is that may.
pub(super) async fn invite(
    table: &Table,
    pool: &UserPool,
    tenant: Tenant<'_>,
    invitation: &Invitation,
    consent: Consent,
    now: Time,
) -> Result<Person, Problem> {
    let (email, name) = check(invitation)?;
    let user = known(pool, &email).await?;
    let id = Membership::id_of(tenant.organization(), &user.sub);
    let before = tenant.member(id).await.map_err(internal)?;
    let consent = match (consent, before) {
        (Consent::Asked, Some(before)) if !before.value.is_pending => Consent::AskedIfElsewhere,
        (consent, _) => consent,
    };
    let is_pending = join(table, tenant, &user, consent).await?;
    let new = Membership {
        id,
        name,
        role: invitation.role,
        sub: user.sub.clone(),
        created_at: now,
        is_pending,
        invited_email: is_pending.then_some(email),
        removed_at: None,
    };
    let member = seat(tenant, new).await?;
    if is_pending && !member.is_pending {
        // They are a member whom their identity had lost: they were never out.
        join(table, tenant, &user, Consent::Given).await?;
    }
    person(table, member).await
}

/// Sends the first password again, to somebody who has never signed in.
pub async fn invite_again(
    table: &Table,
    pool: &UserPool,
    caller: &Caller,
    id: domain::Id<domain::integration::Member>,
    ctx: &Ctx,
) -> Result<Person, Problem> {
    let found = find(caller.tenant(table), id).await?;
    if found.value.sub.is_empty() {
        return Err(Problem::new(409, "no_sign_in", "They work with a key and sign in nowhere."));
    }
    if found.value.is_pending {
        let detail = "They have a sign-in already: they are shown the invitation there.";
        return Err(Problem::new(409, "invitation_pending", detail));
    }
    count_mail(table, caller, ctx).await?;
    let found = person(table, found.value).await?;
    match pool.invite_again(&found.identity.email).await {
        Ok(()) => Ok(found),
        // The pool sends none to who has chosen a password.
        Err(CognitoError::Refused) => {
            Err(Problem::new(409, "already_signed_in", "They have signed in before."))
        }
        Err(error) => Err(unexpected(error)),
    }
}

/// Refuses an organization's hundredth invitation of a quarter of an hour: the user pool sends a
/// limited number of mails a day, for everybody.
async fn count_mail(table: &Table, caller: &Caller, ctx: &Ctx) -> Result<(), Problem> {
    count(table, &format!("invite\0{}", caller.organization_id), MAILS, ctx).await
}

/// Somebody of the pool with this address, made known if they are not.
async fn known(pool: &UserPool, email: &str) -> Result<User, Problem> {
    match pool.invite(email).await {
        Ok(user) => Ok(user),
        Err(CognitoError::Taken) => {
            let user = pool.user(email).await.map_err(unexpected)?;
            // Gone between two calls: the next try makes them known.
            user.ok_or_else(|| internal(StoreError::Contended))
        }
        Err(CognitoError::Refused) => {
            Err(Problem::field("email", "No invitation can be sent to this address."))
        }
        Err(error) => Err(unexpected(error)),
    }
}

/// Has an identity know its organization; whether they are still to accept it. That is decided on
/// the identity that is written over, so that of two who invite somebody new at once one asks, and
/// who has accepted meanwhile stays.
pub(super) async fn join(
    table: &Table,
    tenant: Tenant<'_>,
    user: &User,
    consent: Consent,
) -> Result<bool, Problem> {
    let name = tenant.organization_name().await.map_err(internal)?.unwrap_or_default();
    for _ in 0..ATTEMPTS {
        let old = table.identity_of(&user.sub).await.map_err(internal)?;
        let before = match &old {
            Some(old) => old.value.clone(),
            None => Identity::invited(user.sub.clone(), user.email.clone()),
        };
        let organization_id = tenant.organization();
        let is_pending = match consent {
            Consent::Given => false,
            Consent::AskedIfElsewhere if before.organizations.is_empty() => false,
            Consent::Asked | Consent::AskedIfElsewhere => before.is_to_be_asked(organization_id),
        };
        let new = before.joined(Affiliation { organization_id, name: name.clone(), is_pending });
        let is_there = old.as_ref().is_some_and(|old| old.value == new);
        if is_there || table.save_identity(old.as_ref(), &new).await.map_err(internal)? {
            return Ok(is_pending);
        }
    }
    Err(internal(StoreError::Contended))
}

/// Writes a member who is not one now.
pub(super) async fn seat(tenant: Tenant<'_>, new: Membership) -> Result<Membership, Problem> {
    for _ in 0..ATTEMPTS {
        let old = tenant.member(new.id).await.map_err(internal)?;
        if let Some(current) = old.as_ref().filter(|row| row.value.is_current()) {
            let is_same = current.value.name == new.name && current.value.role == new.role;
            if is_same {
                return Ok(current.value.clone());
            }
            let detail = "They are a member already.";
            let problem = Problem::new(409, "already_member", detail);
            return Err(Problem { field: Some("email".into()), ..problem });
        }
        let roster = tenant.roster().await.map_err(internal)?;
        let before = roster.as_ref().map(|row| row.value.clone()).unwrap_or_default();
        let after: Roster = before.with(new.id);
        let change = (new.role == Role::Admin).then_some((roster.as_ref(), &after));
        if tenant.save_member(old.as_ref(), &new, change).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}
