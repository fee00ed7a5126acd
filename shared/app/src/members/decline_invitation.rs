//! Somebody who has a sign-in already declines an organization's invitation.
//!
//! Order: the member, who counts, and the roster if they were to be an admin; then the identity,
//! which only remembers where somebody may go. Declining again finishes what broke off.

use domain::{Id, Time, integration::Organization, member::Membership};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table};

use super::no_invitation;
use crate::{ATTEMPTS, authenticate::Invitee, internal, sign_in::change_identity};

/// Has an invitation be no more.
pub async fn decline_invitation(
    table: &Table,
    invitee: &Invitee,
    of: Id<Organization>,
    ctx: &Ctx,
) -> Result<(), Problem> {
    let (sub, tenant) = (invitee.person(of)?, table.tenant(of));
    for _ in 0..ATTEMPTS {
        let old = tenant.member(Membership::id_of(of, sub)).await.map_err(internal)?;
        let old = old.ok_or_else(no_invitation)?;
        if old.value.works_here() {
            let detail = "You are a member already: an admin removes members.";
            return Err(Problem::new(409, "already_member", detail));
        }
        if old.value.is_current() {
            let roster = tenant.roster().await.map_err(internal)?;
            let before = roster.as_ref().map(|row| row.value.clone()).unwrap_or_default();
            // Nobody relied on an admin who never came: the last one stays all the same.
            let after = before.without_invited(old.value.id);
            let change = (after != before).then_some((roster.as_ref(), &after));
            let new = Membership { removed_at: Some(Time::from(ctx.now)), ..old.value.clone() };
            if !tenant.save_member(Some(&old), &new, change).await.map_err(internal)? {
                continue;
            }
        }
        change_identity(table, sub, |identity| identity.left(of)).await?;
        return Ok(());
    }
    Err(internal(StoreError::Contended))
}
