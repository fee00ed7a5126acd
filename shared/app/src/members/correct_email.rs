//! An admin corrects an address that was mistyped in an invitation.
//!
//! Only while nobody has signed in with it and no other organization has to do with it. Order: our
//! row, on the condition that this is still so, which from then on lets no first password prove the
//! address; then the pool; then a new first password, which makes the one that went to the wrong
//! address worthless; then our row once more, which lets the new one count as soon as no sign-in
//! that the old one began can be finished. Else whoever got the old one could make the new address
//! theirs. The same correction again finishes what broke off. An address that somebody else has is
//! refused and put back.

use domain::{Id, Time, integration::Member, member::Identity, sign_in::address};
use platform::{
    Ctx,
    cognito::{CognitoError, UserPool},
    problem::Problem,
};
use store::{StoreError, Table};

use super::{Person, find};
use crate::{
    ATTEMPTS,
    authenticate::Caller,
    internal,
    sign_in::{change_identity, unexpected},
};

/// Corrects the address of a member who has never signed in.
pub async fn correct_email(
    table: &Table,
    pool: &UserPool,
    caller: &Caller,
    id: Id<Member>,
    email: &str,
    ctx: &Ctx,
) -> Result<Person, Problem> {
    let email = address(email).map_err(|error| Problem::field("email", error.to_string()))?;
    let tenant = caller.tenant(table);
    let membership = find(tenant, id).await?.value;
    for _ in 0..ATTEMPTS {
        let old = table.identity_of(&membership.sub).await.map_err(internal)?;
        let old = old.ok_or_else(|| Problem::not_found("user"))?;
        old.value.correctable(tenant.organization()).map_err(|error| {
            let problem = Problem::new(409, "not_correctable", error.to_string());
            Problem { field: Some("email".into()), ..problem }
        })?;
        let new = old.value.corrected(email.clone());
        if !table.save_identity(Some(&old), &new).await.map_err(internal)? {
            continue;
        }
        match pool.set_email(&membership.sub, &email, false).await {
            Ok(()) => {}
            Err(CognitoError::Taken) => {
                let back = |now: &Identity| Identity {
                    email: old.value.email.clone(),
                    unproved_until: old.value.unproved_until,
                    ..now.clone()
                };
                change_identity(table, &membership.sub, back).await?;
                let problem = Problem::new(409, "email_taken", "Somebody else has this address.");
                return Err(Problem { field: Some("email".into()), ..problem });
            }
            Err(error) => return Err(unexpected(error)),
        }
        pool.invite_again(&email).await.map_err(unexpected)?;
        let invited = |old: &Identity| old.invited_again(Time::from(ctx.now));
        change_identity(table, &membership.sub, invited).await?;
        return Ok(Person { membership, identity: new });
    }
    Err(internal(StoreError::Contended))
}
